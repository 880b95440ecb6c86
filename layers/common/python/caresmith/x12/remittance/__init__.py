"""The 835 (TR3 005010X221A1): what a payer paid, why not more, and whether it adds up."""
