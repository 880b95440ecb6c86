"""Writes 837P files."""

from caresmith.x12.claims.building.submission import claim_file, submission_segments

__all__ = ["claim_file", "submission_segments"]
