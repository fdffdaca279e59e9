"""What the taxes of residents and businesses share."""
