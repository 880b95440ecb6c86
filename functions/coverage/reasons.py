"""Why a policy could not be verified, as sentences, and the next step."""

from __future__ import annotations

from typing import Final

from functions.coverage.benefits import Benefits

_LATER: Final = "Try again, or call the payer."
_OPERATOR: Final = "Tell whoever looks after this system; until then, call the payer."

REASONS: Final[dict[str, tuple[str, str]]] = {
    "inactive": (
        "The payer says that this policy is not active.",
        "Ask the patient for the new card, or how the visit will be paid.",
    ),
    "no-payer": (
        "The payer is not in the practice's directory.",
        "Change the policy and pick the payer, or have it added to the directory.",
    ),
    "payer-not-used": (
        "The payer is set not in use in the directory.",
        "Change the policy: pick the payer that took its place.",
    ),
    "portal": (
        "This payer is looked up on its portal.",
        "Look there, and write down what it says.",
    ),
    "paper": ("This payer is asked by telephone.", "Call, and write down what it says."),
    "no-npi": (
        "The practice has no NPI in its set-up.",
        "Have an administrator enter it; until then, call the payer.",
    ),
    "incomplete": (
        "The policy lacks a name or a member ID.",
        "Fill it in from the card, and verify again.",
    ),
    "unwritable": (
        "A name or number has signs that can't be sent.",
        "Look for odd signs in the policy's numbers and in the payer's ID.",
    ),
    "not-configured": ("No connection to payers is set up.", _OPERATOR),
    "misconfigured": ("The connection to payers is not filled in rightly.", _OPERATOR),
    "key-refused": ("The clearinghouse does not accept our key.", _OPERATOR),
    "unreachable": ("The payer could not be reached.", _LATER),
    "timed-out": ("The payer did not answer in time.", _LATER),
    "refused": ("The clearinghouse refused the question.", _OPERATOR),
    "not-understood": ("The payer could not read the question.", _OPERATOR),
    "garbled": ("The payer's answer could not be read.", _LATER),
    "another-answer": ("The payer answered another question.", _LATER),
    "too-large": ("The payer's answer is larger than any should be.", "Call the payer."),
    "not-now": ("The payer can't answer at the moment.", _LATER),
    "rejected": ("The payer turned the question down.", "Correct what it says, and verify again."),
    "unclear": (
        "The payer answers, and does not say whether the policy is active.",
        "Read its answer, or call.",
    ),
}
_UNKNOWN: Final = ("It could not be verified.", _LATER)
TEMPORARY: Final = frozenset({"unreachable", "timed-out", "garbled", "another-answer", "not-now"})
"""What a later try may do better at, without anybody's doing anything."""
ANSWERED: Final = frozenset({"rejected", "unclear"})
"""The payer itself said so: the same question has the same answer."""


def told(reason: str, said: Benefits | None = None) -> tuple[list[str], list[str]]:
    """What is wrong and what to do, in sentences; a payer's own reasons come first."""
    if reason == "rejected" and said is not None and said.rejections:
        says = list(dict.fromkeys(one.says for one in said.rejections))
        do = list(dict.fromkeys(one.do for one in said.rejections))
        return says, do
    says_one, do_one = REASONS.get(reason, _UNKNOWN)
    note = [said.status_note] if said and said.status_note else []
    return [says_one, *note], [do_one]


def in_words(reason: str | None) -> str:
    return REASONS.get(reason or "", _UNKNOWN)[0]
