"""The sample practice: Lakeshore Family & Specialty Care, its patients and its calendar.

Nobody in it exists. Everything is drawn from one fixed seed, so that each load
gives the same people; dates are relative to the day of loading.
"""
