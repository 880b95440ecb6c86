"""Reads 837P files back into claims."""

from caresmith.x12.claims.reading.submission import ReadSubmission, read_claims

__all__ = ["ReadSubmission", "read_claims"]
