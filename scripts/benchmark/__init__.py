"""What ``scripts/bench`` measures and prints. See ``scripts/bench --help``."""
