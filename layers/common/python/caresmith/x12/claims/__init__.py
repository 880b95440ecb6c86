"""Professional claims: the 837P (TR3 005010X222A1), as values, written and read back.

``model`` names what a claim is; ``building`` writes files of them, ``reading``
reads such files. Codes of meaning stand in ``codes``, once for both ways.
Institutional claims (837I) would share ``parties`` and ``coverage``.
"""
