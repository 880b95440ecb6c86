"""Is this person known already? A score with its reasons, after Fellegi and Sunter.

Each comparison of two charts adds the logarithm (base 2) of how much more
likely its outcome is for one person than for two: log2(m / u), where m is how
often charts of one person come out so (typing errors, moves, marriages) and u
how often charts of two people do by chance. (I. P. Fellegi, A. B. Sunter, "A
Theory for Record Linkage", JASA 64, 1969.)

What a household shares (telephone, address, e-mail) counts once, by its
strongest agreement, since those are not independent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log2
from typing import Final

import jellyfish

from caresmith.audit import audit
from caresmith.blindindex import BlindIndex
from caresmith.ids import PatientId, PracticeId
from caresmith.records.contact import TelecomSystem
from caresmith.records.demographics import Contact, Demographics, Gender
from caresmith.records.patient import (
    CHART,
    ChartStatus,
    FindItem,
    Patient,
    PatientCard,
    chart_key,
    find_key,
    open_card,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.patients.models import Candidate, Likelihood
from functions.patients.names import name_words, sound, words
from functions.patients.tokens import Term, terms_of

STRONG: Final = 18.0
POSSIBLE: Final = 11.0
"""Points from which a person should look. Among 50,000 charts the odds before
any comparison are about 2^-16, so 18 points make the same person likely and 11
make it worth a glance at the counter."""

_SIMILAR: Final = 0.90  # Jaro-Winkler: "johansson" and "johanson"
_EACH_TOKEN: Final = 40
_MOST_COMPARED: Final = 40
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a comparison can come out."""

    m: float
    u: float
    reason: str = ""

    @property
    def weight(self) -> float:
        return log2(self.m / self.u)


OUTCOMES: Final[dict[str, Outcome]] = {
    "birth date same": Outcome(0.95, 1 / 20_000, "same birth date"),
    "birth date close": Outcome(0.03, 1 / 800, "birth dates differ by one slip"),
    "birth date other": Outcome(0.02, 0.999),
    "family same": Outcome(0.88, 0.004, "same family name"),
    "family similar": Outcome(0.07, 0.012, "similar family names"),
    "family other": Outcome(0.05, 0.984),
    "given same": Outcome(0.85, 0.010, "same given name"),
    "given similar": Outcome(0.10, 0.030, "similar given names"),
    "given other": Outcome(0.02, 0.960),
    "gender same": Outcome(0.98, 0.5),
    "gender other": Outcome(0.02, 0.5),
    "telephone same": Outcome(0.60, 0.0008, "same telephone number"),
    "e-mail same": Outcome(0.50, 0.0005, "same e-mail address"),
    "address same": Outcome(0.60, 0.0015, "same address"),
    # Brothers and sisters born together agree in all but the given name.
    "born together": Outcome(0.004, 0.98),
    "known to be a twin": Outcome(0.0005, 0.98),
}
"""Estimates from published linkage studies of US hospital records, rounded. To
tune them, change the numbers: nothing else knows them."""


def candidates(
    practice: PracticeId,
    demographics: Demographics,
    contact: Contact,
    *,
    ignore: PatientId | None = None,
) -> list[Candidate]:
    """Open charts that may be this person, the likeliest first."""
    sealer = Sealer(practice, Domain.PATIENTS)
    found: list[tuple[float, list[str], Patient]] = []
    for item in _nominated(practice, demographics, contact):
        if item.patient_id == ignore:
            continue
        # Two of the chart's groups: opening all of them would be most of a registration's work.
        them = sealer.unseal(item.patient_id, "demographics", item.demographics, Demographics)
        reach = sealer.unseal(item.patient_id, "contact", item.contact, Contact)
        score, reasons = compare(demographics, contact, them, reach)
        if score >= POSSIBLE:
            found.append((score, reasons, item))
    found.sort(key=lambda one: (-one[0], one[2].patient_id))
    shown = [
        _candidate(open_card(sealer, item), score, reasons)
        for score, reasons, item in found[:_SHOWN]
    ]
    audit().about(*(candidate.patient.patient_id for candidate in shown))
    return shown


def compare(
    one: Demographics, one_contact: Contact, other: Demographics, other_contact: Contact
) -> tuple[float, list[str]]:
    """(score, reasons) of two charts. The order of the two makes no difference."""
    family, given = _names(one, other)
    outcomes = [_birth_date(one, other), family, given, _gender(one, other)]
    outcomes.append(_household(one_contact, other_contact))
    same_birthday = outcomes[0] == "birth date same"
    if same_birthday and given == "given other" and family != "family other":
        outcomes.append("born together")
        if one.multiple_birth or other.multiple_birth:
            outcomes.append("known to be a twin")
    known = [OUTCOMES[name] for name in outcomes if name]
    return round(sum(o.weight for o in known), 1), [o.reason for o in known if o.reason]


# -- comparisons ----------------------------------------------------------


def _birth_date(one: Demographics, other: Demographics) -> str:
    a, b = one.birth_date, other.birth_date
    if a == b:
        return "birth date same"
    swapped = (a.year, a.month, a.day) == (b.year, b.day, b.month)
    pairs = zip(a.isoformat(), b.isoformat(), strict=True)
    one_digit = sum(x != y for x, y in pairs) == 1
    return "birth date close" if swapped or one_digit else "birth date other"


def _names(one: Demographics, other: Demographics) -> tuple[str, str]:
    """The best agreement of any name of one with any name of the other."""
    options = []
    for a in map(name_words, one.names):
        for b in map(name_words, other.names):
            options.append((_family(a.family, b.family), _given(a.given, b.given)))
            # Entered the wrong way round, or a culture that puts the family first.
            options.append((_family(a.family, b.given), _given(a.given, b.family)))
            options.append((_family(a.given, b.family), _given(a.family, b.given)))
    return max(options, key=lambda o: (OUTCOMES[o[0]].weight + OUTCOMES[o[1]].weight, o))


def _family(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    return f"family {_agreement(a, b)}"


def _given(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    return f"given {_agreement(a, b)}"


def _agreement(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    if set(a) & {word for word in b if len(word) > 1}:
        return "same"
    if any(_alike(x, y) for x in a for y in b):
        return "similar"
    return "other"


def _alike(x: str, y: str) -> bool:
    if min(len(x), len(y)) == 1:
        return x[0] == y[0]  # an initial
    if sound(x) and sound(x) == sound(y):
        return True
    return jellyfish.jaro_winkler_similarity(x, y) >= _SIMILAR


def _gender(one: Demographics, other: Demographics) -> str:
    if Gender.UNKNOWN in (one.gender, other.gender):
        return ""
    return "gender same" if one.gender is other.gender else "gender other"


def _household(one: Contact, other: Contact) -> str:
    shared = []
    for system, name in (
        (TelecomSystem.PHONE, "telephone same"),
        (TelecomSystem.EMAIL, "e-mail same"),
    ):
        if _values(one, system) & _values(other, system):
            shared.append(name)
    if _streets(one) & _streets(other):
        shared.append("address same")
    return max(shared, key=lambda name: OUTCOMES[name].weight, default="")


def _values(contact: Contact, system: TelecomSystem) -> set[str]:
    return {t.value.lower() for t in contact.telecoms if t.system is system}


def _streets(contact: Contact) -> set[tuple[str, ...]]:
    return {(*words(a.lines[0]), (a.postal_code or a.city)[:5]) for a in contact.addresses}


# -- who is compared ------------------------------------------------------


def _nominated(practice: PracticeId, demographics: Demographics, contact: Contact) -> list[Patient]:
    """The charts that share most tokens with this person, read by one BatchGetItem."""
    index = BlindIndex(practice, Domain.PATIENTS)
    votes: Counter[PatientId] = Counter()
    for kind, value in _blocks(demographics, contact):
        key = find_key(practice, index.token(kind, value))
        for item in FindItem.query(key, limit=_EACH_TOKEN, page_size=_EACH_TOKEN):
            votes[PatientId(item.sk)] += 1
    keys = [
        (chart_key(practice, patient), CHART) for patient, _ in votes.most_common(_MOST_COMPARED)
    ]
    return [item for item in Patient.batch_get(keys) if item.status != ChartStatus.MERGED]


def _blocks(demographics: Demographics, contact: Contact) -> list[Term]:
    """Terms that two charts of one person nearly always share at least one of."""
    main = Demographics(names=[demographics.main_name()], birth_date=demographics.birth_date)
    name_terms, others = terms_of(main, contact)
    pairs = [term for term in name_terms if term[0] in {"p3", "ps"}][:6]
    single = [] if pairs else [term for term in name_terms if term[0] in {"n", "s"}][:2]
    return [*(term for term in others if term[0] != "tel4"), *pairs, *single]


def _candidate(card: PatientCard, score: float, reasons: list[str]) -> Candidate:
    return Candidate(
        patient=card,
        score=score,
        likelihood=Likelihood.STRONG if score >= STRONG else Likelihood.POSSIBLE,
        reasons=reasons,
    )
