"""Is a patient covered, and for what: asked (270) and answered (271)."""
