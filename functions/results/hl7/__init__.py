"""HL7 version 2, as far as results need it: ORU^R01 is read, ACK is written.

Why no library: measured on a message of 33 segments, hl7apy 1.3 takes 190 ms and
python-hl7 0.4 takes 6.7 ms (27 ms to import), and neither says at which field a
message is wrong, which is what a lab has to be told. Splitting text is little; what
counts is what a field means, and that is here. The tests compare what is split here
with python-hl7.

========================  ======================================================
 module                    what it knows (HL7 v2.5.1 chapter)
========================  ======================================================
 framing                   where a message begins in a file or stream (2.10.3)
 delimiters                encoding characters, escapes, character sets (2.5, 2.7)
 segments                  fields, repetitions, components by their number (2.5)
 findings                  what is wrong where, as ERR tells it (2.15.5)
 stamps                    dates and times as well as they are known (2A)
 grouping                  which segment belongs to which (7.3.1)
 observations              OBX with its unit, range, flags, status (7.4.2)
 codes                     codes, statuses and flags as FHIR has them
 values                    OBX-5 by the type that OBX-2 names (2A, 7.4.2)
 oru                       who and which order, then its observations (7.3.1)
 acks                      the answer (2.9, 2.15)
========================  ======================================================
"""
