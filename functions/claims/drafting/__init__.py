"""From a charge sheet to a draft of its claim: pure, from what ``gathering`` has read.

What a draft says comes from the sheet, the chart's policies, the practice's set-up and the
payer directory; facts of a claim's own are set on its page (``facts_of_claim``), documents
beside it in ``attaching``. What TR3 X222A1 has a place for and no page or route here fills,
loop by loop, and why:

============================  ===============================================================
 loop and segment              why it is not told
============================  ===============================================================
 2000A CUR                     amounts are US dollars; nobody bills US payers in others
 2010AA REF 0B, 1G             UPIN ended with the NPI (45 CFR 162.410); licences are asked of
                               providers without an NPI alone, and a practice has one
 2010AC pay-to plan            of Medicaid agencies that claim for themselves (subrogation)
 2010BA, 2010CA REF SY, 1W     a social security number is kept in no chart here
 2010BB, 2330B REF 2U, EI,     payers are named by one id (the directory's); those of loops
 FY, NF, G2, LU; 2330C to G    2330C to 2330G are what payers called providers before the NPI
 2300 CLM19, BHT06 RP          encounters that are reported and not charged are no claims here
 2300 DTP 050, REF 9A, 9C, HCP  a repricer's own; 2400 REF 9B, 9D, NTE TPO, HCP likewise
 2300 REF D9                   a clearinghouse's own
 2300 REF F5                   of Medicare's own crossover to Medigap (section 4081)
 2300, 2400 K3                 only for what the X12 committee has published as a need
 2300, 2400 CR1, CRC 07;       ambulance: a claim with such a code or place is refused with
 2310E, F, 2420G, H; QTY PT    a sentence (``x12.claims.model``), since it needs the journey
 2310A P3                      the second of two referrers; a sheet names one
 2400 SV5, CR3, CRC 09, PWK    rented equipment and certificates of medical necessity, which
 CT; DTP 463, 607, 461; 2440   suppliers send; CMS ended the certificates with 2023
 2400 REF G1, 9F with REF04    numbers that another payer than the claim's has given
 2420A, C, D, F                rendering, place, supervising and referring providers of one
                               line: what differs is another sheet, and so another claim
============================  ===============================================================

All of them are read where a claim that others made has them, or told as unread
(``x12.claims.reading.unread``).
"""
