"""Records that more than one feature reads. Each has one feature that writes it."""
