"""Reading a clinical document into entries of our chart."""
