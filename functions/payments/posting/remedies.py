"""What to do about a denial, by its cause: sentences of our own, for who works the queue."""

from __future__ import annotations

from typing import Final

from functions.payments.posting.carc import Cause, carc

STEPS: Final = {
    Cause.ELIGIBILITY: "Verify coverage for the day of service; correct the member's data or bill "
    "who was insuring then.",
    Cause.AUTHORIZATION: "Find the authorization and send a corrected claim with its number; "
    "without one, ask for it after the fact or appeal.",
    Cause.CODING: "Check code, modifier, diagnosis and place against the note; send a corrected "
    "claim.",
    Cause.DUPLICATE: "Find the first answer; if there is none, ask for the claim's status. Send "
    "nothing again.",
    Cause.TIMELY_FILING: "Look for proof of the first delivery (999 or 277CA) and appeal with it.",
    Cause.MEDICAL_NECESSITY: "Read the payer's policy; appeal with the note and what supports it.",
    Cause.DOCUMENTATION: "See what the remark code asks for; send it or correct the claim.",
    Cause.BUNDLING: "Check whether the service was distinct; if so correct with a modifier, or "
    "appeal.",
    Cause.OTHER_PAYER: "Verify who pays first; bill that payer, then this one.",
    Cause.PATIENT: "It is the patient's: see that they are told why.",
    Cause.PROVIDER: "Check enrolment, NPI and taxonomy with the payer; then correct.",
    Cause.COVERAGE: "Check the plan's limits; appeal, or bill the patient where that is allowed.",
    Cause.UNDERPAID: "Compare with the contract's fee; ask for the payment to be reviewed.",
    Cause.OTHER: "Read the remarks, or call the payer.",
}
NAMES: Final = {
    Cause.ELIGIBILITY: "Eligibility",
    Cause.AUTHORIZATION: "Authorization",
    Cause.CODING: "Coding",
    Cause.DUPLICATE: "Duplicate",
    Cause.TIMELY_FILING: "Timely filing",
    Cause.MEDICAL_NECESSITY: "Medical necessity",
    Cause.DOCUMENTATION: "Documentation",
    Cause.BUNDLING: "Bundling",
    Cause.OTHER_PAYER: "Other payer",
    Cause.PATIENT: "Patient",
    Cause.PROVIDER: "Provider",
    Cause.COVERAGE: "Not covered",
    Cause.UNDERPAID: "Paid short",
    Cause.OTHER: "Other",
}


def words_of(group: str, reason: str) -> str:
    """``CO-197: No prior authorization``."""
    if not group:
        return "Paid less than was expected"
    return f"{group}-{reason}: {carc(reason).words}"
