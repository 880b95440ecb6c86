"""What became of a claim: asked for (276), told (277, 277CA)."""
