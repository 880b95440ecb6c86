"""A practice's revenue cycle on a fast clock: visits, claims, payers that answer, the ledger."""
