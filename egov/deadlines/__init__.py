"""Working days of an authority and statutory clocks with pauses."""
