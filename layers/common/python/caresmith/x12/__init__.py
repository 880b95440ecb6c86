"""Wire files of X12 version 5010: read without loss, written without doubt, checked on the way.

Pure functions over bytes and values; nothing here knows of a table or a queue.

===================  ==========================================================
 module               what it is for
===================  ==========================================================
 ``reader``           bytes to segments, streaming, each with its place
 ``envelope``         ISA/GS/ST…SE/GE/IEA: control numbers, counts, versions
 ``grammar``          which segments make which loop: declared data
 ``walker``           segments to loops by a grammar
 ``writer``           segments to bytes, envelopes around them
 ``remittance``       835, with balancing
 ``acknowledging``    TA1 and 999
 ``status``           276, 277 and 277CA
 ``eligibility``      270 and 271
 ``claims``           837P
===================  ==========================================================

Each is read and written: what a practice sends and what it is answered, so that
either end of the wire can be played.

Loop and segment ids are those of the X12 implementation guides (TR3) that 45 CFR
162.1102 to 162.1602 adopts.
"""
