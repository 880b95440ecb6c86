"""Records of the ``revenue`` table that features share. Every key begins with the practice.

Charges, claims, ledger, remittances: what concerns a patient is sealed. Payers
are nobody's data and lie in clear.
"""
