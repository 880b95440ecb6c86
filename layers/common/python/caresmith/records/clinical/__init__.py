"""The clinical record: what several features read and write of a patient's chart.

Each kind of entry is a module with a table: our field, FHIR R4 / US Core
element, value set. :mod:`layout` has the keys, :mod:`entries` reads,
:mod:`writing` writes. Import the modules themselves: nothing is gathered here,
so that a function loads only the kinds that it uses.
"""
