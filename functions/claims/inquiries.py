"""Questions about claims without an answer (276): which are due, asked in one file or at once.

A claim that the payer has taken and said nothing of for the practice's days is asked
about, and again each time that so many days have passed, if the payer takes the question
electronically. The answer (277) comes like any other file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.claims.draft import ClaimDraft
from caresmith.clock import to_text
from caresmith.errors import VersionConflict
from caresmith.events import ClaimsDue
from caresmith.exchange import ExchangeFailed, PayerExchange
from caresmith.ids import ClaimId, ExchangeFileId, PatientId
from caresmith.log import logger
from caresmith.records.revenue.claim import BoardItem, ClaimItem, ClaimState
from caresmith.records.revenue.exchange import (
    FILE,
    ExchangeFileItem,
    FileOfDayItem,
    FileState,
    object_key,
)
from caresmith.records.revenue.exchanged import keep_bytes
from caresmith.records.revenue.layout import CLAIM, board_key, claim_key, file_key, files_key
from caresmith.records.revenue.numbering import next_numbers
from caresmith.records.revenue.payer import Way
from caresmith.transactions import transaction
from caresmith.x12.status.asking import Member, StatusInquiry, status_file
from caresmith.x12.values import Period
from caresmith.x12.writer import written
from functions.claims.answers import filing
from functions.claims.answers.statuses import trace_of
from functions.claims.clocks import ADJUDICATING, due_at
from functions.claims.errors import CannotAsk
from functions.claims.making import Maker
from functions.claims.models import FileRead
from functions.claims.submission.building import local_time
from functions.claims.submission.outlets import Connection, NoOutlet, connection
from functions.claims.verdict import open_draft
from functions.claims.writing import ClaimWrites

_MOST: Final = 200
"""Questions in a day's file; the rest are asked tomorrow."""
_BATCH: Final = 100
_TOGETHER: Final = 15
_VOID: Final = "8"
_UNKNOWN_SEX: Final = "U"


@dataclass(frozen=True)
class Question:
    claim: ClaimItem
    inquiry: StatusInquiry


def on_claims_due(event: ClaimsDue) -> None:
    """With the day's batch: ask about what is overdue. Told twice, each claim is asked once."""
    maker = Maker.of(current_actor(), event.occurred_at)
    try:
        link = connection(maker.actor.practice_id, maker.known.setup)
    except NoOutlet:
        return
    except ExchangeFailed as error:
        # Nobody has been asked: tomorrow is another day.
        logger().warning("status inquiries not delivered", extra={"reason": error.reason})
        return
    questions = list(_due(maker, link, event.day))
    if not questions:
        return
    file = ExchangeFileId.derived_at(event.occurred_at, event.practice_id, "276", str(event.day))
    content = _file(maker, link, questions)
    head = _head(maker, file, link, content, len(questions))
    try:
        with closing(link.outlet):
            link.outlet.send(head.name, content)
    except ExchangeFailed as error:
        # Nobody has been asked: tomorrow's questions have these among them.
        logger().warning("status inquiries not delivered", extra={"reason": error.reason})
        head.state, head.refusal = FileState.RETURNED, error.reason
        head.save()
        return
    head.state, head.delivered_at = FileState.DELIVERED, to_text(maker.now)
    head.save()
    _mark(maker, [one.claim for one in questions], file)


def ask_now(claim: ClaimItem, maker: Maker) -> FileRead:
    """One question in real time; its answer is kept and read like any other.

    Raises CannotAsk.
    """
    try:
        link = connection(maker.actor.practice_id, maker.known.setup)
    except NoOutlet as error:
        raise CannotAsk(error.missing) from None
    except ExchangeFailed as error:
        raise CannotAsk(error.reason) from None
    ask = getattr(link.outlet, "ask", None)
    question = _question(maker, link, claim, to_text(maker.now).replace(":", ""))
    if ask is None or question is None:
        raise CannotAsk("not-by-wire")
    exchange: PayerExchange = link.outlet  # type: ignore[assignment]
    try:
        answer = exchange.ask(_file(maker, link, [question]))
    except ExchangeFailed as error:
        raise CannotAsk(error.reason) from None
    _mark(maker, [claim], None)
    name = f"{claim.control_number}.277"
    return filing.take(name, answer, "exchange", actor=maker.actor, now=maker.now).file


def _due(maker: Maker, link: Connection, day: dt.date) -> Iterator[Question]:
    """Overdue claims with payers that take the question, which were not asked today."""
    practice, count = maker.actor.practice_id, 0
    electronic = {
        payer.payer_id
        for payer in maker.known.directory.payers
        if payer.facts.active and payer.facts.ways.status is Way.ELECTRONIC
    }
    for state in sorted(ADJUDICATING):
        overdue = [
            one
            for one in BoardItem.query(
                board_key(practice, state),
                filter_condition=BoardItem.due_at < to_text(maker.now),
            )
            if one.payer_id in electronic
        ]
        for start in range(0, len(overdue), _BATCH):
            keys = [
                (claim_key(practice, ClaimId(one.claim_id)), CLAIM)
                for one in overdue[start : start + _BATCH]
            ]
            for claim in ClaimItem.batch_get(keys, consistent_read=True):
                if claim.state != state or claim.frequency == _VOID:
                    continue
                question = _question(maker, link, claim, f"{day:%Y%m%d}")
                if question is not None:
                    yield question
                    count += 1
                if count >= _MOST:
                    return


def _question(maker: Maker, link: Connection, claim: ClaimItem, mark: str) -> Question | None:
    """None where the claim lacks what a payer needs to find it."""
    audit().about(PatientId(claim.patient_id))
    draft = open_draft(maker.actor.practice_id, claim)
    days = [line.service for line in draft.lines if line.service]
    if not days:
        return None
    try:
        inquiry = StatusInquiry(
            payer_name=draft.payer.name,
            payer_id=draft.payer.id,
            receiver_name=draft.billing.last,
            receiver_id=link.address.sender.id,
            provider_name=draft.billing.last,
            provider_npi=draft.billing.npi or "",
            trace=trace_of(claim.control_number, mark),
            subscriber=_subscriber(draft),
            dependent=_dependent(draft),
            dates=Period(min(one.first for one in days), max(one.last for one in days)),
            charge=draft.charge,
            payer_control_number=claim.payer_control_number or "",
            control_number=claim.control_number,
        )
    except ValueError:
        return None
    return Question(claim, inquiry)


def _subscriber(draft: ClaimDraft) -> Member:
    one = draft.subscriber
    return Member(one.last, one.first, one.birth_date, _sex(one.sex), one.member_id)


def _dependent(draft: ClaimDraft) -> Member | None:
    one = draft.patient
    if one is None:
        return None
    return Member(one.name.last, one.name.first, one.birth_date, _sex(one.sex))


def _sex(sex: str | None) -> str:
    """TR3 X212 DMG03: M or F, or nothing."""
    return "" if sex in {None, _UNKNOWN_SEX} else str(sex)


def _file(maker: Maker, link: Connection, questions: list[Question]) -> bytes:
    practice, setup = maker.actor.practice_id, maker.known.setup
    numbers = next_numbers(practice, sets=len(questions))
    return written(
        status_file(
            [one.inquiry for one in questions],
            link.address.addressing(),
            numbers,
            local_time(maker.now, setup),
            reference=f"{numbers.interchange:09d}",
        )
    )


def _head(
    maker: Maker, file: ExchangeFileId, link: Connection, content: bytes, count: int
) -> ExchangeFileItem:
    practice = maker.actor.practice_id
    head = ExchangeFileItem(
        file_key(practice, file),
        FILE,
        file_id=file,
        direction="out",
        kind="276",
        state=FileState.BUILT,
        name=f"{file}.276",
        way=link.way,
        at=to_text(maker.now),
        by=maker.actor.user_id,
        day=maker.day.isoformat(),
        object_key=object_key(practice, file),
        counts={"claims": count},
    )
    keep_bytes(practice, head, content)
    audit().record(file)
    with transaction() as writes:
        writes.save(head)
        key = files_key(practice, maker.day)
        writes.save(FileOfDayItem(key, file, file_id=file, kind=head.kind))
    return head


def _mark(maker: Maker, claims: list[ClaimItem], file: ExchangeFileId | None) -> None:
    """They were asked about: the clock for their answer begins again."""
    for start in range(0, len(claims), _TOGETHER):
        some = claims[start : start + _TOGETHER]
        try:
            _write_marks(maker, some, file)
        except VersionConflict:
            for claim in some:
                fresh = maker.read(ClaimId(claim.claim_id))
                if ClaimState(fresh.state) in ADJUDICATING:
                    _write_marks(maker, [fresh], file)


def _write_marks(maker: Maker, claims: list[ClaimItem], file: ExchangeFileId | None) -> None:
    writes = ClaimWrites(maker.actor, maker.now, maker.known.setup)
    for claim in claims:
        state = ClaimState(claim.state)
        claim.asked_at = to_text(maker.now)
        claim.due_at = due_at(claim, state, maker.known.setup, maker.now)
        writes.move(claim, state, "asked", {"file": file} if file else {})
    writes.commit()
