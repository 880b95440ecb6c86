"""What became of the sample's charges: claims, payers' answers, patients' money, closed days.

Done day by day by the features' own functions, with the payers of the local stack in this
process (:mod:`scripts.payer`); only the clock, the bus and the way to the payers are another's.
"""
