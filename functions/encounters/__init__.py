"""Visits and their notes, and what stands in the chart: problems, allergies, vitals, orders."""
