"""The console's pages of claims."""
