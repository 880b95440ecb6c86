"""Claims as a practice has them, before they are what a payer takes.

``draft`` is a claim that may be incomplete or wrong; ``drafted_parties`` and
``drafted_lines`` are its parts. Each part has the fields of its namesake in
``caresmith.x12.claims`` and none of its demands.
"""
