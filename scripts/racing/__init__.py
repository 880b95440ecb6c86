"""``scripts/race``: many clients want one slot at once. See ``scripts/race --help``."""
