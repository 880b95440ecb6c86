"""Makes the tables of public reference data in the packages anew, from their sources."""
