"""A pharmacy on the other side, for use and for tests: it speaks FHIR R4 alone."""
