"""Why a payer does not answer (AAA03), as a sentence, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict

from caresmith.x12.eligibility.model import Rejection


@dataclass(frozen=True, slots=True)
class Advice:
    says: str
    do: str
    field: str = ""
    """The field of the chart's policy, or of the patient, that is to be looked at."""


_ID: Final = "Compare the member ID with the card, character by character."
_NAME: Final = "Write the name as the card has it."
_BORN: Final = "Ask for the birth date, and correct it where it is wrong."
_OURS: Final = "Tell whoever looks after the practice's enrollment with this payer."
_AGAIN: Final = "Try again later."
_DATE: Final = "Ask again for today."

ADVICE: Final = {
    "04": Advice("It takes no question about several patients at once.", _OURS),
    "15": Advice(
        "Something that it needs is missing.", "Fill in birth date, sex and member ID.", "member_id"
    ),
    "33": Advice("It could not read the question.", _OURS),
    "35": Advice("The provider is out of its network.", "Tell the patient before the visit."),
    "41": Advice("It does not let this practice ask.", _OURS),
    "42": Advice("It can't answer at the moment.", _AGAIN),
    "43": Advice("It does not know the practice's NPI.", _OURS),
    "44": Advice("It does not accept the practice's name.", _OURS),
    "45": Advice("It does not accept the provider's specialty.", _OURS),
    "46": Advice("It does not accept the provider's telephone number.", _OURS),
    "47": Advice("It does not accept the provider's state.", _OURS),
    "48": Advice("It does not accept the referring provider.", _OURS),
    "49": Advice(
        "The provider is not the patient's primary care provider.",
        "Ask for a referral, or have the patient change it with the plan.",
    ),
    "50": Advice("The practice may not ask it.", _OURS),
    "51": Advice("It does not have the practice on file.", _OURS),
    "52": Advice("The practice was not in its plan on that day.", _OURS),
    "53": Advice("It does not answer this to such a provider.", _OURS),
    "56": Advice("It does not accept the date.", _DATE),
    "57": Advice("It does not accept the date of service.", _DATE),
    "58": Advice("The birth date is missing or not valid.", _BORN, "birth_date"),
    "60": Advice("The birth date lies after the date of service.", _BORN, "birth_date"),
    "61": Advice("It has the patient as deceased on that day.", "Ask the family or the payer."),
    "62": Advice("It does not look so far back or ahead.", _DATE),
    "63": Advice("It does not look into the future.", _DATE),
    "64": Advice("The patient's ID is missing or not valid.", _ID, "own_member_id"),
    "65": Advice("The patient's name is missing or not valid.", _NAME, "name"),
    "66": Advice("The patient's sex is missing or not valid.", "Fill it in.", "gender"),
    "67": Advice("It does not find the patient.", f"{_ID} {_NAME} {_BORN}", "member_id"),
    "68": Advice("It has the patient's ID more than once.", "Call the payer.", "member_id"),
    "69": Advice("The question does not fit the patient's age.", _BORN, "birth_date"),
    "70": Advice("The question does not fit the patient's sex.", "Look at the sex.", "gender"),
    "71": Advice("It has another birth date.", _BORN, "birth_date"),
    "72": Advice("The member ID is missing or not valid.", _ID, "member_id"),
    "73": Advice("The subscriber's name is missing or not valid.", _NAME, "subscriber_name"),
    "74": Advice("The subscriber's sex is missing or not valid.", "Fill it in.", "subscriber_sex"),
    "75": Advice("It does not find the subscriber.", f"{_ID} {_NAME} {_BORN}", "member_id"),
    "76": Advice("It has this member ID more than once.", "Call the payer.", "member_id"),
    "77": Advice(
        "It knows the subscriber, and not the patient.",
        f"Ask whether the patient is on the policy. {_NAME} {_BORN}",
        "name",
    ),
    "78": Advice(
        "The subscriber is not in the group or plan that was named.",
        "Compare group and plan with the card.",
        "group_number",
    ),
    "79": Advice("It does not know one of the parties.", "Look at the payer's ID.", "payer_id"),
    "80": Advice("The payer's own system did not answer.", _AGAIN),
    "97": Advice("It does not accept the practice's address.", _OURS),
    "98": Advice("It holds the service to be experimental.", "Call the payer."),
    "T4": Advice("The payer's name or ID is missing.", "Look at the payer's ID.", "payer_id"),
}
_UNKNOWN: Final = Advice("It does not answer.", "Call the payer.")
# AAA03 that say "not now" (TR3 271 AAA03), and AAA04 that say "do not ask again".
_NOT_NOW: Final = frozenset({"42", "80"})
_NEVER_AGAIN: Final = frozenset({"N", "S", "Y"})


class Rejected(BaseModel):
    """One reason, as a screen shows it."""

    model_config = ConfigDict(frozen=True)

    reason: str
    follow_up: str
    says: str
    do: str
    field: str


def rejected(one: Rejection) -> Rejected:
    advice = ADVICE.get(one.reason, _UNKNOWN)
    return Rejected(
        reason=one.reason,
        follow_up=one.follow_up,
        says=advice.says,
        do=advice.do,
        field=advice.field,
    )


def temporary(rejections: list[Rejected]) -> bool:
    """Whether the very same question may be answered later, and may be asked again."""
    return bool(rejections) and all(
        one.reason in _NOT_NOW and one.follow_up not in _NEVER_AGAIN for one in rejections
    )
