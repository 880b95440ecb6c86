"""Laboratory and imaging results: intake, matching, review, release, trends."""
