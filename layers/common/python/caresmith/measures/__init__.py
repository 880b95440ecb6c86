"""Measures of people: units (UCUM), vital signs, ages, growth. Rules and tables, no storage.

Import the module that you need: none of them loads its table before its first use.
"""
