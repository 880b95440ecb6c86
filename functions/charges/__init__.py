"""Charge entry: from what was done at a visit to lines in the ledger; codes and fees."""
