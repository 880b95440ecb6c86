"""The whole system on one machine: what ``scripts/run`` starts."""
