"""Records of the ``revenue`` table that several features read. Every key begins with the practice.

Payers are nobody's data and lie in clear; what concerns a patient is sealed.
"""
