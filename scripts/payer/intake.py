"""Reads what came and answers it: TA1, 999, 277CA, 271, 277. Accepted claims wait to be decided."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from caresmith.x12.acknowledging import VERSION as VERSION_999
from caresmith.x12.acknowledging.building import acknowledgement_file
from caresmith.x12.acknowledging.model import Acknowledgement, InterchangeVerdict
from caresmith.x12.claims.model import VOID, ProfessionalClaim
from caresmith.x12.claims.reading import read_claims
from caresmith.x12.claims.reading.submission import ReadSubmission
from caresmith.x12.eligibility.building import response_file
from caresmith.x12.eligibility.grammar import VERSION as VERSION_271
from caresmith.x12.eligibility.inquiries import ReadInquiry, read_inquiries
from caresmith.x12.flaws import Flaw, FlawCode, Place, X12Refused
from caresmith.x12.segment import Segment
from caresmith.x12.status.building import report_file
from caresmith.x12.status.grammar import ACKNOWLEDGEMENT_VERSION, STATUS_VERSION
from caresmith.x12.status.inquiries import ReadStatusInquiry, read_status_inquiries
from caresmith.x12.writer import Addressing, header_of
from scripts.payer import actions, benefits, inquiring, receipts
from scripts.payer.adjudicating import Adjudicator
from scripts.payer.claims import OPEN, Claims
from scripts.payer.envelopes import Group, Set, Taken
from scripts.payer.refusing import Judged, group_answer, interchange_answer
from scripts.payer.sending import Sending
from scripts.payer.store import Store

Question = ReadInquiry | ReadStatusInquiry
_READERS: Final = {"837": read_claims, "270": read_inquiries, "276": read_status_inquiries}


@dataclass(slots=True)
class Opened:
    """A group with what is in its sets, and what is wrong with them."""

    group: Group
    judged: list[Judged] = field(default_factory=list)
    submissions: list[ReadSubmission] = field(default_factory=list)
    inquiries: list[ReadInquiry] = field(default_factory=list)
    status_inquiries: list[ReadStatusInquiry] = field(default_factory=list)

    @property
    def claims(self) -> list[ProfessionalClaim]:
        return [claim for one in self.submissions for claim in one.submission.claims]


def opened(group: Group) -> Opened:
    """Read each set on its own: one that is wrong does not take the others with it."""
    found = Opened(group)
    for one in group.sets:
        flaw: Flaw | None = None
        reader = _READERS.get(one.kind)
        if not one.closed:
            pass
        elif reader is None:
            place = Place("ST", within=1)
            flaw = Flaw(FlawCode.WRONG_KIND, place, "not a set that is taken here")
        else:
            try:
                read = list(reader(io.BytesIO(one.alone)))
            except X12Refused as refused:
                flaw = refused.flaw
            else:
                _sort(found, read)
        found.judged.append(Judged(one, flaw))
    return found


def _sort(found: Opened, read: Sequence[object]) -> None:
    for one in read:
        if isinstance(one, ReadSubmission):
            found.submissions.append(one)
        elif isinstance(one, ReadInquiry):
            found.inquiries.append(one)
        elif isinstance(one, ReadStatusInquiry):
            found.status_inquiries.append(one)


class Intake:
    """Takes interchanges in, on a day."""

    def __init__(
        self, store: Store, claims: Claims, sending: Sending, adjudicator: Adjudicator
    ) -> None:
        self._store, self._claims = store, claims
        self._sending, self._adjudicator = sending, adjudicator

    def take(self, one: Taken, came: int, day: date) -> str:
        """Answer an interchange; returns its fate in words."""
        ends = (str(one.interchange.sender), str(one.interchange.receiver))
        number = one.interchange.control_number
        groups = [opened(group) for group in one.groups] if one.code == "000" else []
        claims = [claim for group in groups for claim in group.claims]
        matcher = self._adjudicator.matcher
        rule = next(
            (r for c in claims for r in matcher.of_claim(actions.RejectInterchange, c)), None
        )
        code = rule.code if rule else one.code
        if code == "000" and not self._store.new_interchange(*ends, number, came):
            code = "025"  # the control number was used before
        if code != "000":
            answer = interchange_answer(one, InterchangeVerdict.REJECTED, code)
            self._acknowledge("ta1", [answer], one.back(), day, claims)
            return f"rejected as a whole (TA1 {code})"
        if one.interchange.wants_ta1:
            answer = interchange_answer(one, InterchangeVerdict.ACCEPTED, "000")
            self._acknowledge("ta1", [answer], one.back(), day, claims)
        return "; ".join(self._group(one, group, day) for group in groups) or "nothing in it"

    def _group(self, one: Taken, of: Opened, day: date) -> str:
        back = one.back(of.group)
        of = self._with_faults(of)
        header = header_of("999", VERSION_999, back, self._sending.numbers(), self._sending.at(day))
        if of.group.functional_id != "FA":  # an acknowledgement is not acknowledged
            answer = group_answer(of.group, of.judged, header)
            self._acknowledge("999", [answer], back, day, of.claims)
        if of.group.code:
            return f"group {of.group.number} rejected (AK905 {of.group.code})"
        taken = [judged for judged in of.judged if judged.accepted]
        numbers = {judged.set.number for judged in taken}
        for read in of.submissions:
            if read.header.control_number in numbers:
                self._submission(read, back, day)
        self._answer("271", of.inquiries, back, day)
        self._answer("277", of.status_inquiries, back, day)
        return f"group {of.group.number}: {len(taken)} of {len(of.judged)} sets accepted"

    def _with_faults(self, of: Opened) -> Opened:
        """What rules have a 999 find, in the set of the claim that they are for."""
        by_number = {read.header.control_number: read for read in of.submissions}
        judged = []
        for one in of.judged:
            read = by_number.get(one.set.number)
            for claim in read.submission.claims if read and one.flaw is None else ():
                rule = self._adjudicator.matcher.first(actions.RejectSet, claim)
                if rule:
                    at = _position(one.set, rule.segment, claim)
                    control = claim.control_number
                    judged.append(replace(one, rule=rule, position=at, control=control))
                    break
            else:
                judged.append(one)
        return replace(of, judged=judged)

    def _submission(self, read: ReadSubmission, back: Addressing, day: date) -> None:
        entries = [self._claim(claim, back, day) for claim in read.submission.claims]
        numbers, at = self._sending.numbers(), self._sending.at(day)
        header = header_of("277", ACKNOWLEDGEMENT_VERSION, back, numbers, at)
        trace = f"R{self._store.count('receipt'):09d}"
        report = receipts.acknowledgement(read, entries, header, day, trace)
        segments = report_file([report], back, numbers, at)
        claims = read.submission.claims
        self._sending.send("277ca", segments, day, self._adjudicator.matcher, claims)

    def _claim(self, claim: ProfessionalClaim, back: Addressing, day: date) -> receipts.Entry:
        """Take it, or turn it away."""
        rules, matcher = self._adjudicator.rules, self._adjudicator.matcher
        before = None
        if claim.frequency in {"7", "8"}:
            before = self._claims.holds(claim.numbers.payer_control_number, claim)
        entry = receipts.fault_of(claim, rules, matcher, day, before_known=before is not None)
        icn = f"{day:%Y%j}{self._store.count('claim'):07d}"
        if entry:
            told = json.dumps([(c.category, c.code, c.entity) for c in entry.codes])
            self._claims.add(f"R{icn}", claim, "rejected", day, back, told)
            return entry
        lost = any(rule.what == "835" for rule in matcher.of_claim(actions.Lose, claim))
        due = day + timedelta(days=rules.plan(claim.payer.id).pays_after)
        if before and before.state in OPEN:
            # Nothing was paid yet: the one before simply holds no more.
            self._claims.move(before.icn, "voided" if claim.frequency == VOID else "replaced")
            before = None
            if claim.frequency == VOID:
                self._claims.add(icn, claim, "void", day, back)
                return receipts.Entry(claim, icn)
        self._claims.add(icn, claim, "lost" if lost else "accepted", day, back, due=due)
        if not lost:
            self._store.plan(due, "decide", icn)
        return receipts.Entry(claim, icn)

    def _answer(
        self,
        kind: str,
        every: Sequence[Question],
        back: Addressing,
        day: date,
    ) -> None:
        segments = self.answers(every, back, day)
        if segments:
            self._sending.send(kind, segments, day)

    def answers(
        self,
        every: Sequence[Question],
        back: Addressing,
        day: date,
        *,
        busy: bool = False,
    ) -> list[Segment]:
        """A 271 or a 277 with an answer to each question; [] if there is none."""
        if not every:
            return []
        numbers, at = self._sending.numbers(), self._sending.at(day)
        rules, memory = self._adjudicator.rules, self._adjudicator.memory
        responses, reports = [], []
        for position, one in enumerate(every, 1):
            if isinstance(one, ReadInquiry):
                header = header_of("271", VERSION_271, back, numbers, at, position)
                responses.append(benefits.response(one, rules, memory, header, busy=busy))
            else:
                header = header_of("277", STATUS_VERSION, back, numbers, at, position)
                reports.append(inquiring.report(one, self._claims, rules, header))
        if responses:
            return list(response_file(responses, back, numbers, at))
        return list(report_file(reports, back, numbers, at))

    def refusals(self, one: Taken, of: Opened | None, day: date) -> list[Segment]:
        """TA1 or 999 for what could not be read in real time."""
        back, numbers, at = one.back(), self._sending.numbers(), self._sending.at(day)
        if of is None:
            code = one.code if one.code != "000" else "024"
            answer: Acknowledgement = interchange_answer(one, InterchangeVerdict.REJECTED, code)
        else:
            back = one.back(of.group)
            header = header_of("999", VERSION_999, back, numbers, at)
            answer = group_answer(of.group, of.judged, header)
        return list(acknowledgement_file([answer], back, numbers, at))

    def _acknowledge(
        self,
        kind: str,
        answers: Sequence[Acknowledgement],
        back: Addressing,
        day: date,
        claims: Sequence[ProfessionalClaim],
    ) -> None:
        numbers = self._sending.numbers()
        segments = acknowledgement_file(answers, back, numbers, self._sending.at(day))
        self._sending.send(kind, segments, day, self._adjudicator.matcher, claims)


def _position(of: Set, segment: str, claim: ProfessionalClaim) -> int:
    """Of the claim's own CLM, or of the first such segment behind it."""
    begun = False
    for at, one in enumerate(of.segments, 1):
        begun = begun or (one.id == "CLM" and one[1] == claim.control_number)
        if begun and one.id == segment:
            return at
    return 1
