"""Public code sets: searched by words, and what a code says."""
