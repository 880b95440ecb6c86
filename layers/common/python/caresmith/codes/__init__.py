"""Public code sets, from indexes that the codes layer carries."""
