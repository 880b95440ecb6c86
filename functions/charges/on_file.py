"""Which authorizations and referrals on file fit what a sheet charges: offered, never guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caresmith.audit import audit
from caresmith.claims.authorized import Kind, OnFile, Service
from caresmith.codes.ranges import Codes
from caresmith.ids import CoverageId, LocationId, ProviderId, SheetId
from caresmith.records.practice import PracticeSetup
from caresmith.records.revenue.authorization import as_sent, authorizations_of
from caresmith.records.revenue.authorized import on_file, service_of, uses_of
from caresmith.records.revenue.payer import Payer
from caresmith.records.revenue.sheet import SheetContent
from functions.charges import models as m
from functions.charges.desk import Desk
from functions.charges.payers import Paying


@dataclass(frozen=True)
class Charged:
    """What a sheet charges, as far as an authorization is asked: typed, or kept."""

    coverages: Sequence[CoverageId]
    location_id: LocationId | None
    services: tuple[Service, ...]
    authorization: str = ""
    referral: str = ""
    """The numbers that it has already."""

    def number(self, kind: Kind) -> str:
        return as_sent(self.authorization if kind is Kind.AUTHORIZATION else self.referral)

    @classmethod
    def of_content(cls, content: SheetContent, setup: PracticeSetup) -> Charged:
        return cls(
            content.coverages,
            content.location_id,
            tuple(
                charged_service(
                    setup,
                    line.code,
                    line.day,
                    line.units,
                    content.rendering_id,
                    content.diagnoses,
                )
                for line in content.lines
            ),
            content.prior_authorization or "",
            content.referral_number or "",
        )


def charged_service(
    setup: PracticeSetup,
    code: str,
    day: dt.date,
    units: str,
    rendering: ProviderId | None,
    diagnoses: Iterable[str],
) -> Service:
    provider = setup.providers.get(rendering) if rendering else None
    return service_of(code, day, units, provider.npi if provider else "", diagnoses)


def fitting(
    desk: Desk, who: Paying, charged: Charged, but: SheetId | None = None
) -> m.AuthorizationsThatFit:
    """Those of the first payer under which something that is charged may be billed.

    One query, and where the payer has agreed to anything two more, for what is left.
    """
    audit().about(*who.chart.charts)
    payer = who.payer(charged.coverages)
    known = []
    if charged.coverages and charged.services:
        first, payer_id = charged.coverages[0], payer.payer_id if payer else None
        known = [
            one
            for one in authorizations_of(desk.practice, who.chart.charts)
            if one.number and one.is_of(first, payer_id)
        ]
    uses = uses_of(desk.practice, who.chart.charts, but=but) if known else ()
    files = [on_file(one, uses, desk.setup, charged.location_id) for one in known]
    offers = [
        m.FittingAuthorization(
            kind=file.kind,
            number=file.number,
            codes=told.codes,
            last=told.last,
            left=file.left,
            counted=file.counted,
            wanted=any(_wants(payer, file, one) for one in charged.services if file.fits(one)),
        )
        for told, file in zip(known, files, strict=True)
        if any(file.fits(one) for one in charged.services)
    ]
    return m.AuthorizationsThatFit(
        offers=offers,
        prefill={kind: number for kind in Kind if (number := _certain(offers, kind, charged))},
        numbers={
            kind: _standing(files, offers, kind, charged) for kind in Kind if charged.number(kind)
        },
    )


def _wants(payer: Payer | None, file: OnFile, one: Service) -> bool:
    """Whether the payer asks for it, or has agreed to that very code."""
    asked: tuple[str, ...] = ()
    if payer is not None:
        facts = payer.facts
        authorized, referred = facts.authorization_codes, facts.referral_codes
        asked = authorized if file.kind is Kind.AUTHORIZATION else referred
    return one.code in file.codes or one.code in Codes(" ".join(asked))


def _certain(offers: Iterable[m.FittingAuthorization], kind: Kind, charged: Charged) -> str:
    """The number that goes in by itself: of the only one that is wanted; of two neither does."""
    if charged.number(kind):
        return ""
    numbers = {one.number for one in offers if one.kind is kind and one.wanted}
    return numbers.pop() if len(numbers) == 1 else ""


def _standing(
    files: Iterable[OnFile],
    offers: Iterable[m.FittingAuthorization],
    kind: Kind,
    charged: Charged,
) -> m.NumberStanding:
    number = charged.number(kind)
    if any((one.kind, one.number) == (kind, number) for one in offers):
        return "fits"
    same = any((one.kind, one.number) == (kind, number) for one in files)
    return "does-not-fit" if same else "not-on-file"
