"""The CMS-1500 (02/12) of a claim: what stands in each box, and where, on a PDF."""
