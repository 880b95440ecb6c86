"""What comes back: files kept, read, and acted upon claim by claim."""
