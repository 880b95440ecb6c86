"""Payers and their clearinghouse on the other side, for use and for tests.

A program of its own that speaks only the wire: X12 files in and out. What it
answers follows from rules (``rules.json``) and a seed, so that each run is the
same. ``adjudicating`` prices claims and ``house`` is the whole of it without a
server; ``app`` is both behind HTTP, and ``mailbox`` its files over SFTP.
"""
