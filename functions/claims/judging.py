"""Holding a draft against every edit, with all that is known beside the claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from caresmith.claims.draft import ClaimDraft
from caresmith.codes.ranges import Codes
from caresmith.ids import PracticeId
from caresmith.records.revenue.payer import Bilateral, Payer, Telehealth
from caresmith.records.revenue.paying import MOST_PAYERS
from functions.claims.drafting.material import Material
from functions.claims.drafting.people import sex_of
from functions.claims.past import Past, authorizations, history, past_of
from functions.claims.payer_rules import Rules, rules_of
from functions.claims.price_book import PriceBook
from functions.claims.scrubbing import facts as f
from functions.claims.scrubbing.case import lines_of
from functions.claims.scrubbing.codesets import public_code_sets
from functions.claims.scrubbing.engine import scrub
from functions.claims.scrubbing.findings import Finding

_BILATERAL: Final[Mapping[Bilateral, f.Bilateral]] = {
    "50-on-one-line": f.Bilateral.ONE_LINE,
    "50-on-second-line": f.Bilateral.EITHER,
    "rt-and-lt": f.Bilateral.TWO_LINES,
}


@dataclass(frozen=True)
class Judged:
    findings: tuple[Finding, ...]
    on: dt.date
    rules: str
    """As :func:`stamp`."""


def judge(
    practice: PracticeId,
    draft: ClaimDraft,
    material: Material,
    turn: int,
    today: dt.date,
    rules: Rules | None = None,
    past: Sequence[Past] | None = None,
) -> Judged:
    """All findings of the draft; ``past`` is as :func:`past_of` reads it.

    A query where ``rules`` are not given, two where the past is not, and what its codes'
    lists and fees take that no claim before has asked for.
    """
    known = rules or rules_of(practice)
    facts = facts_of(practice, material, turn, today, known, draft, past)
    payee = material.payee(turn)
    held = stamp(known, material.prices, payee.payer if payee else None)
    return Judged(scrub(draft, facts), today, held)


def stamp(rules: Rules, prices: PriceBook, payer: Payer | None) -> str:
    """Which payer rules, lists, fees and payer's profile a claim is held against.

    Where any of them is another since, the claim wants a new look.
    """
    return f"{rules.digest}-{prices.digest}-{payer.version if payer else 0}"


def facts_of(
    practice: PracticeId,
    material: Material,
    turn: int,
    today: dt.date,
    rules: Rules,
    draft: ClaimDraft,
    past: Sequence[Past] | None = None,
) -> f.Facts:
    about = material.chart.chart.demographics
    payee = material.payee(turn)
    others = past_of(practice, material) if past is None else past
    said, certificates = material.prices.about(lines_of(draft)), material.certificates
    return f.Facts(
        today=today,
        code_sets=replace(
            public_code_sets(), procedures=said.procedures, single_dose=said.single_dose
        ),
        patient=f.PatientFacts(
            birth_date=about.birth_date, sex=sex_of(about), died=about.deceased_on
        ),
        coverages=tuple(
            f.CoverageFacts(
                id=one.coverage_id,
                payer=one.payer_id or "",
                member_id=one.member_id,
                # A policy that does not pay for this sheet stands before nobody.
                order=material.order.get(one.coverage_id, MOST_PAYERS + 1),
                first=one.period.start,
                last=one.period.end,
                assigns_benefits=one.assigns_benefits or "",
            )
            for one in material.chart.coverages
        ),
        history=tuple(history(others, material.setup)),
        authorizations=tuple(authorizations(practice, material, turn, others)),
        payer=_profile(payee.payer) if payee and payee.payer else f.PayerProfile(),
        practice=f.PracticeFacts(
            clia=certificates.clia,
            waived_laboratory=certificates.clia_kind == "waiver",
            mammography=certificates.mammography,
            fees=said.fees,
        ),
        rules=rules.rules,
    )


def _profile(payer: Payer) -> f.PayerProfile:
    facts = payer.facts
    return f.PayerProfile(
        id=payer.payer_id,
        electronic_ids=frozenset({facts.wire_id}),
        filing=facts.filing,
        timely_days=facts.timely_days,
        authorize=Codes(" ".join(facts.authorization_codes)),
        refer=Codes(" ".join(facts.referral_codes)),
        member_id_forms=frozenset(facts.member_id_forms),
        wants_taxonomy=facts.taxonomy,
        wants_ndc=facts.wants_ndc,
        wants_address=facts.wants_address,
        bilateral=_BILATERAL[facts.bilateral],
        telehealth_modifiers=_modifiers(facts.telehealth),
        telehealth_places=_places(facts.telehealth),
        no_consultations=facts.no_consultations,
        prefers_x_modifiers=facts.prefers_x_modifiers,
    )


def _modifiers(telehealth: Telehealth) -> frozenset[str]:
    return frozenset({telehealth.modifier}) if telehealth.modifier else frozenset()


def _places(telehealth: Telehealth) -> frozenset[str]:
    if telehealth.place in {"02", "10"}:
        return frozenset({telehealth.place})
    if telehealth.place == "as-in-person":
        return frozenset({"11"})
    return frozenset({"02", "10"})
