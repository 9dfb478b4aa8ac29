"""Single-stage face detector with five landmarks."""
