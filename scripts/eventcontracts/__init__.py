"""The contracts of domain events, and a sample of whatever triggers a function."""
