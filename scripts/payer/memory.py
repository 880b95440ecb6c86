"""What payers remember of persons and services while they decide."""

from __future__ import annotations

from typing import Final

from caresmith.x12.claims.line import ServiceLine
from caresmith.x12.claims.model import ProfessionalClaim
from scripts.payer.decision import Decision, Spent

# Repeated or distinct on purpose: no duplicates (HCPCS modifiers 59, 76, 77, 91 and the X's).
_ON_PURPOSE: Final = frozenset({"59", "76", "77", "91", "XE", "XP", "XS", "XU"})
_NOTHING_SPENT: Final = Spent()


def person_of(claim: ProfessionalClaim) -> str:
    """The patient as a payer knows one: by member id, birth date and first name."""
    one = claim.patient
    born = one.birth_date if one else claim.subscriber.birth_date
    first = one.name.first if one else claim.subscriber.first
    return f"{claim.payer.id}|{claim.subscriber.member_id}|{born}|{first}"


def year_of(claim: ProfessionalClaim) -> str:
    return f"{person_of(claim)}|{claim.lines[0].service.first.year}"


def visit_of(claim: ProfessionalClaim) -> str:
    return f"{person_of(claim)}|{claim.billing.npi}|{claim.lines[0].service.first}"


def service_of(claim: ProfessionalClaim, line: ServiceLine) -> str:
    """What makes a line the same as another; "" where it is told to be another."""
    modifiers = line.procedure.modifiers
    if _ON_PURPOSE.intersection(modifiers):
        return ""
    what = f"{line.procedure.code}|{'.'.join(sorted(modifiers))}|{line.service}|{line.quantity}"
    rendering = line.providers.rendering or claim.providers.rendering
    who = (rendering and rendering.npi) or claim.billing.npi
    return f"{person_of(claim)}|{who}|{what}"


class Memory:
    """Kept in three maps; ``changes`` are those not yet written to a store.

    Keys hold who and when, values the sums or the payer's number of the claim.
    """

    def __init__(
        self,
        spent: dict[str, Spent] | None = None,
        services: dict[str, str] | None = None,
        visits: dict[str, str] | None = None,
    ) -> None:
        self._spent, self._services, self._visits = spent or {}, services or {}, visits or {}
        self.changes: dict[tuple[str, str], str | None] = {}

    def spent(self, key: str) -> Spent:
        return self._spent.get(key, _NOTHING_SPENT)

    def served(self, key: str) -> str | None:
        """The payer's number of the claim of which this service was paid."""
        return self._services.get(key)

    def copaid(self, visit: str) -> bool:
        return visit in self._visits

    def keep(self, decision: Decision) -> None:
        """Count what was decided."""
        for key, one in decision.spent.items():
            self._count(key, one)
        if decision.copay_visit:
            self._set("visit", self._visits, decision.copay_visit, decision.icn)
        for key in decision.services:
            self._set("service", self._services, key, decision.icn)

    def forget(self, decision: Decision) -> None:
        """What was decided holds no more: it is reversed."""
        for key, one in decision.spent.items():
            self._count(key, -one)
        if self._visits.get(decision.copay_visit) == decision.icn:
            self._drop("visit", self._visits, decision.copay_visit)
        for key in decision.services:
            if self._services.get(key) == decision.icn:
                self._drop("service", self._services, key)

    def _set(self, kind: str, within: dict[str, str], key: str, icn: str) -> None:
        within[key] = icn
        self.changes[kind, key] = icn

    def _drop(self, kind: str, within: dict[str, str], key: str) -> None:
        del within[key]
        self.changes[kind, key] = None

    def _count(self, key: str, one: Spent) -> None:
        self._spent[key] = self.spent(key) + one
        self.changes["spent", key] = self._spent[key].model_dump_json()
