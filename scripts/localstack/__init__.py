"""The whole system on one machine: see ``scripts/run``."""
