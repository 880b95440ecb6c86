"""The clinical part of the sample: what each past visit left in its patient's chart.

``lives`` draws who has what; ``visits`` tells each visit by the tables of illnesses,
complaints, drugs, vaccines and analytes; ``writing`` writes it. Everything follows
from the patient's id, the fixed seed and the day, so that a load tells it again.
"""
