"""The 837P of a batch: the same bytes whenever it is built, from what its head says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.claims.draft import ClaimDraft
from caresmith.ids import PracticeId
from caresmith.records.practice import PracticeSetup, practice_setup
from caresmith.x12.claims.building import claim_file
from caresmith.x12.claims.model import ProfessionalClaim, Submission
from caresmith.x12.claims.parties import Contact, Receiver, Submitter
from caresmith.x12.envelope import Party
from caresmith.x12.segment import Segment
from caresmith.x12.writer import ControlNumbers
from functions.claims.drafting.wire import phone_digits, wire
from functions.claims.submission.outlets import Address, NoOutlet

MOST_IN_SET: Final = 5_000
"""TR3 X222 1.3.2."""
_RECEIVER_NAME: Final = "CLEARINGHOUSE"


def claims_837(
    drafts: Iterable[ClaimDraft],
    setup: PracticeSetup,
    address: Address,
    numbers: ControlNumbers,
    at: dt.datetime,
    *,
    reissue: bool = False,
) -> Iterator[Segment]:
    """The file's segments. Raises NotSendable, NoOutlet."""
    claims = sorted((draft.claim() for draft in drafts), key=_together)
    submissions = [
        Submission(
            submitter=_submitter(setup, address),
            receiver=Receiver(name=_RECEIVER_NAME, id=address.receiver.id),
            # TR3 BHT03: never used before by this submitter, since the interchange's number is not.
            reference=f"{numbers.interchange:09d}-{number}",
            reissue=reissue,
            claims=tuple(claims[start : start + MOST_IN_SET]),
        )
        for number, start in enumerate(range(0, len(claims), MOST_IN_SET), 1)
    ]
    return claim_file(submissions, address.addressing(), numbers, at)


def claim_alone(practice: PracticeId, draft: ClaimDraft) -> Iterator[Segment]:
    """One claim in a file of its own that is never sent."""
    setup = practice_setup(practice)
    test = Address(Party("ZZ", "SENDER"), Party("ZZ", "RECEIVER"), test=True)
    # Its time is no claim's: the same claim always reads the same.
    at = dt.datetime(2000, 1, 1, tzinfo=ZoneInfo(setup.practice.zone))
    return claims_837([draft], setup, test, ControlNumbers(1, 1), at)


def _together(claim: ProfessionalClaim) -> tuple[str, str, str, str]:
    """Neighbours share the levels of the hierarchy: billing, payer, subscriber, patient."""
    return (
        claim.payer.id,
        claim.subscriber.member_id,
        claim.patient.name.first if claim.patient else "",
        claim.control_number,
    )


def _submitter(setup: PracticeSetup, address: Address) -> Submitter:
    billing = setup.practice.billing
    if billing is None:
        raise NoOutlet("billing")
    return Submitter(
        name=wire(billing.legal_name),
        id=address.sender.id,
        contacts=(
            Contact(name=wire(billing.contact_name), phone=phone_digits(billing.contact_phone)),
        ),
    )


def local_time(at: dt.datetime, setup: PracticeSetup) -> dt.datetime:
    """The sender's wall clock, which ISA and BHT name."""
    return at.astimezone(ZoneInfo(setup.practice.zone))
