"""Writing our chart as a clinical document."""
