"""Clinical documents by HL7's C-CDA R2.1: reading them into chart entries, and writing a CCD.

Source: HL7 CDA R2 Implementation Guide: Consolidated CDA Templates for Clinical
Notes, R2.1 (2015, with errata), and HL7's guide "C-CDA on FHIR" for how its
templates and FHIR's elements go into one another. Both are HL7's.
"""
