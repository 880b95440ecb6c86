"""Claims on their way out: gathered into a file, built, delivered, marked as sent."""
