"""Records of the ``revenue`` table that features share: charges, claims, ledger, remittances."""
