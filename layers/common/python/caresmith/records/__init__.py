"""Records that more than one feature reads: the patient, and the practice's set-up."""
