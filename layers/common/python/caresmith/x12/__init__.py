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
 ``status``           276 out; 277 and 277CA in
 ``eligibility``      270 out; 271 in
 ``claims``           837P out and back in
===================  ==========================================================

Loop and segment ids are those of the X12 implementation guides (TR3) that 45 CFR
162.1102 to 162.1602 adopts.
"""
