"""What was asked for as one whole: members, dependencies, one timeline."""
