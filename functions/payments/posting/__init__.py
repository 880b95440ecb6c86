"""What a payer says becomes journals: pure functions, no storage and no clock."""
