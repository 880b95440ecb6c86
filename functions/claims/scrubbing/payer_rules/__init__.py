"""Rules of payers that billers write as data: see ``model``.

A rule is read from JSON and checked (``model``, ``checking``), held against each line of
a claim (``evaluating``), and shown as one sentence (``wording``).
"""
