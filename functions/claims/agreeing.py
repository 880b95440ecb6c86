"""Claims that wait for what payers agree to: held against it anew whenever it changes.

A claim that lacks an authorization or referral takes the one on file that fits, where only one
does, as by the click that its finding offers: whoever wrote that down has just said so. A number
that a claim has is never exchanged for another by itself. Whatever is told, twice, late or in
another order, a claim is held against what stands on file then, and is not touched where that
says nothing new of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import ClaimId, PatientId
from caresmith.log import logger
from caresmith.records.revenue.claim import ClaimItem, ClaimState
from caresmith.records.revenue.indexes import claim_of_sheet
from caresmith.records.revenue.layout import CLAIM, claim_key
from caresmith.x12.claims.model import VOID
from functions.claims.drafting.material import Material
from functions.claims.gathering import Person, gather, of_person
from functions.claims.making import Maker
from functions.claims.past import Past, all_of
from functions.claims.payer_rules import Rules, rules_of
from functions.claims.scrubbing.findings import Finding
from functions.claims.verdict import Verdict, open_draft, open_verdict

S = ClaimState

_NOT_SENT: Final = frozenset({S.HELD, S.CLEAN, S.APPROVED})
_ABOUT: Final = "AUT-"
"""How the edits are called that ask for authorizations and referrals."""
_LACKING: Final = frozenset({"AUT-MISSING", "AUT-REFERRAL"})
_ATTEMPTS: Final = 4


def look_again(actor: Actor, now: Instant, patient: PatientId) -> None:
    """Hold the person's claims that were not sent against the authorizations on file.

    Raises VersionConflict where others were faster again and again.
    """
    for attempt in range(_ATTEMPTS):
        try:
            person = of_person(actor.practice_id, patient)
        except NotFound:
            # Told again it would be no different.
            logger().warning("an authorization of no chart", extra={"patient_id": patient})
            return
        try:
            _Waiting.of(actor, now, person).look_again()
        except VersionConflict:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


@dataclass
class _Waiting:
    """One person's claims: everything of theirs is read once, however many wait."""

    maker: Maker
    person: Person
    rules: Rules
    sheets: list[Past]

    @classmethod
    def of(cls, actor: Actor, now: Instant, person: Person) -> _Waiting:
        practice = actor.practice_id
        sheets = all_of(practice, person.chart.charts)
        return cls(Maker.of(actor, now), person, rules_of(practice), sheets)

    def look_again(self) -> None:
        for claim in self._not_sent():
            verdict = open_verdict(self.maker.actor.practice_id, claim)
            if claim.authorized is not None or any(map(_is_about, verdict.findings)):
                self._hold_anew(claim, verdict)

    def _not_sent(self) -> list[ClaimItem]:
        """In the order in which they were made: the first takes what is left. One BatchGet."""
        keys = [
            (claim_key(self.maker.actor.practice_id, ClaimId(one.claim_id)), CLAIM)
            for sheet in self.sheets
            for one in sheet.claims
            if one.state in _NOT_SENT and one.frequency != VOID
        ]
        found = ClaimItem.batch_get(keys, consistent_read=True) if keys else ()
        here = (one for one in found if one.state in _NOT_SENT)
        return sorted(here, key=lambda one: (one.day, one.control_number))

    def _hold_anew(self, claim: ClaimItem, before: Verdict) -> None:
        practice, maker = self.maker.actor.practice_id, self.maker
        at, mine = next(
            (at, one) for at, one in enumerate(self.sheets) if one.sheet.sheet_id == claim.sheet_id
        )
        audit().about(*self.person.chart.charts)
        audit().record(claim.claim_id)
        material = gather(practice, mine.sheet, maker.known, self.person)
        others = [one for one in self.sheets if one is not mine]
        state, taken = self._scrubbed(claim, before, material, others)
        after = open_verdict(practice, claim)
        if not taken and state == claim.state and after.findings == before.findings:
            return
        refers: dict[str, Any] = {"errors": int(claim.errors)}
        writes = maker.writes()
        writes.move(claim, state, "fixed" if taken else "scrubbed", refers | taken)
        writes.commit()
        # What it takes now is not there for those that come after it.
        stands = claim_of_sheet(practice, claim)
        claims = (stands if one.claim_id == claim.claim_id else one for one in mine.claims)
        self.sheets[at] = replace(mine, claims=tuple(claims))

    def _scrubbed(
        self, claim: ClaimItem, verdict: Verdict, material: Material, others: list[Past]
    ) -> tuple[ClaimState, dict[str, str]]:
        """The state in which it belongs, and for which edit it took a number, if for any."""
        practice = self.maker.actor.practice_id
        before = draft = open_draft(practice, claim)
        tried: dict[str, str] = {}
        while True:
            state = self.maker.scrub_again(claim, draft, verdict, material, self.rules, others)
            draft = open_draft(practice, claim)
            lacking = _lacking(open_verdict(practice, claim))
            one = next((one for one in lacking if one.key not in tried), None)
            if one is None or one.fix is None:
                break
            tried[one.key] = one.edit
            draft = one.fix.apply(draft)
        # A biller may have said that it goes without a number: that outlives every fix.
        taken = {"edit": next(iter(tried.values()))} if draft != before else {}
        return state, taken


def _is_about(finding: Finding) -> bool:
    return finding.edit.startswith(_ABOUT)


def _lacking(verdict: Verdict) -> Iterator[Finding]:
    """Where a number is lacking that only one on file can be."""
    return (one for one in verdict.findings if one.edit in _LACKING and one.fix is not None)
