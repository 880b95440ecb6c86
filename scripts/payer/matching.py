"""Which rules are for a claim or for one of its lines."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import TypeVar

from caresmith.x12.claims.model import ProfessionalClaim
from scripts.payer.actions import Action
from scripts.payer.rules import Rule, Rules, When, fits

Wanted = TypeVar("Wanted", bound=Action)


def falls(seed: int, percent: float, *key: str) -> bool:
    """Dice that fall the same for the same seed and key, whatever came before."""
    if percent >= 100:
        return True
    told = "|".join((str(seed), *key)).encode()
    number = int.from_bytes(blake2b(told, digest_size=4).digest())
    return number % 10_000 < percent * 100


class Matcher:
    """Looks rules up by what they do."""

    def __init__(self, rules: Rules) -> None:
        self._seed = rules.seed
        self._rules: dict[type, list[Rule]] = {}
        for rule in rules.rules:
            if rule.enabled:
                self._rules.setdefault(type(rule.then), []).append(rule)

    def of_claim(self, kind: type[Wanted], claim: ProfessionalClaim) -> Iterator[Wanted]:
        """Rules that name no line, and those of which a line fits."""
        for rule in self._rules.get(kind, ()):
            then, when = rule.then, rule.when
            if not isinstance(then, kind) or not _fits_claim(when, claim):
                continue
            if not when.of_lines:
                if self._falls(rule, claim, ""):
                    yield then
            elif any(self._of_line(rule, claim, at) for at in range(len(claim.lines))):
                yield then

    def of_line(self, kind: type[Wanted], claim: ProfessionalClaim, at: int) -> Iterator[Wanted]:
        """Rules of which the line ``at`` that place fits; those that name none fit each."""
        for rule in self._rules.get(kind, ()):
            then, when = rule.then, rule.when
            if not isinstance(then, kind) or not _fits_claim(when, claim):
                continue
            if when.of_lines:
                if self._of_line(rule, claim, at):
                    yield then
            elif self._falls(rule, claim, ""):
                yield then

    def first(self, kind: type[Wanted], claim: ProfessionalClaim) -> Wanted | None:
        return next(self.of_claim(kind, claim), None)

    def of_member(self, kind: type[Wanted], payer: str, member: str, key: str) -> Wanted | None:
        """For questions: only the payer and the member are known."""
        for rule in self._rules.get(kind, ()):
            then, when = rule.then, rule.when
            if (
                isinstance(then, kind)
                and fits(when.payer, payer)
                and fits(when.member, member)
                and falls(self._seed, when.percent, rule.name, key)
            ):
                return then
        return None

    def _of_line(self, rule: Rule, claim: ProfessionalClaim, at: int) -> bool:
        when, procedure = rule.when, claim.lines[at].procedure
        modifiers = procedure.modifiers
        return (
            fits(when.code, procedure.code)
            and (when.modifier == "*" or any(fits(when.modifier, one) for one in modifiers))
            and self._falls(rule, claim, str(at))
        )

    def _falls(self, rule: Rule, claim: ProfessionalClaim, line: str) -> bool:
        # A corrected claim names the one before, and so has its own luck.
        before = claim.numbers.payer_control_number
        key = (rule.name, claim.control_number, claim.frequency, before, line)
        return falls(self._seed, rule.when.percent, *key)


def _fits_claim(when: When, claim: ProfessionalClaim) -> bool:
    return (
        fits(when.payer, claim.payer.id)
        and fits(when.member, claim.subscriber.member_id)
        and fits(when.control, claim.control_number)
        and fits(when.billing, claim.billing.npi or "")
        and fits(when.place, claim.place_of_service)
        and fits(when.diagnosis, claim.diagnoses[0])
        and fits(when.frequency, claim.frequency)
        and fits(when.turn, claim.subscriber.responsibility)
        and when.least <= claim.charge <= when.most
    )
