"""Demographics, search, duplicates, merge and timeline of the chart."""
