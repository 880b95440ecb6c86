"""Whose results they are. Never guessed: a number has to lead to a chart, and the chart's
name, birth date and sex have to be those that the lab tells.

A number counts where its authority is one that the lab uses for this practice's own
record numbers, where a person has matched it before, or where it is the number of an
order of ours. Numbers that lead to two charts lead to none.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from anyascii import anyascii

from caresmith.audit import audit
from caresmith.blindindex import BlindIndex
from caresmith.ids import LabId, PatientId, PracticeId
from caresmith.records.demographics import BirthSex, Demographics, Gender
from caresmith.records.patient import (
    CHART,
    Patient,
    PatientCard,
    chart_key,
    current_card,
    patient_by_mrn,
)
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.results.incoming import Identifier, Identity, PersonName
from functions.results.models import LabSettings
from functions.results.records import LINK, LinkItem, link_key

_LINK_KIND: Final = "lab-patient"
_MRN_KINDS: Final = frozenset({"", "MR", "PI", "PT", "MRN"})


class Unmatched(StrEnum):
    """Why results wait for a person."""

    NO_NUMBER = "no-number"
    UNKNOWN_NUMBER = "unknown-number"
    SEVERAL_CHARTS = "several-charts"
    NO_NAME = "no-name"
    NO_BIRTH_DATE = "no-birth-date"
    OTHER_NAME = "other-name"
    OTHER_BIRTH_DATE = "other-birth-date"
    OTHER_SEX = "other-sex"
    ORDER_OF_ANOTHER = "order-of-another"
    FILED_ELSEWHERE = "filed-elsewhere"
    """The report stands in another patient's chart."""


@dataclass(frozen=True)
class Match:
    """A chart, or why there is none."""

    card: PatientCard | None
    reason: Unmatched | None = None


def match_patient(
    practice: PracticeId,
    lab: LabId,
    settings: LabSettings,
    identity: Identity,
) -> Match:
    """The chart that the lab's numbers lead to, where it is the same person's."""
    found = {
        card.patient_id: card
        for patient in _numbered(practice, lab, settings, identity)
        if (card := current_card(practice, patient)) is not None
    }
    if not found:
        known = any(one.value for one in identity.identifiers)
        return Match(None, Unmatched.UNKNOWN_NUMBER if known else Unmatched.NO_NUMBER)
    if len(found) > 1:
        return Match(None, Unmatched.SEVERAL_CHARTS)
    [card] = found.values()
    audit().about(card.patient_id)
    reason = _differs(_demographics(practice, card.patient_id), identity)
    return Match(None, reason) if reason else Match(card)


def link_patient(
    practice: PracticeId, lab: LabId, identifier: Identifier, patient: PatientId, by: str, at: str
) -> LinkItem:
    """That the lab's number is this patient's, for the next time; the caller writes it."""
    return LinkItem(
        link_key(practice, _link_token(practice, lab, identifier)),
        LINK,
        patient_id=patient,
        linked_by=by,
        linked_at=at,
    )


def _numbered(
    practice: PracticeId, lab: LabId, settings: LabSettings, identity: Identity
) -> list[PatientId]:
    patients = []
    for one in identity.identifiers:
        found = None
        if _is_ours(one, settings):
            found = patient_by_mrn(practice, one.value)
        found = found or _linked(practice, lab, one)
        if found:
            patients.append(found)
    return patients


def _is_ours(one: Identifier, settings: LabSettings) -> bool:
    """Whether the lab means one of this practice's own record numbers."""
    authorities = {one.authority.casefold(), one.authority_id.casefold()} - {""} or {""}
    known = {name.casefold() for name in settings.mrn_authorities}
    return one.kind.upper() in _MRN_KINDS and bool(authorities & known)


def _linked(practice: PracticeId, lab: LabId, one: Identifier) -> PatientId | None:
    key = link_key(practice, _link_token(practice, lab, one))
    try:
        return PatientId(LinkItem.get(key, LINK, consistent_read=True).patient_id)
    except LinkItem.DoesNotExist:
        return None


def _link_token(practice: PracticeId, lab: LabId, one: Identifier) -> str:
    named = f"{lab}|{one.authority}|{one.authority_id}|{one.kind}|{one.value}"
    return BlindIndex(practice, Domain.CLINICAL).token(_LINK_KIND, named)


def _demographics(practice: PracticeId, patient: PatientId) -> Demographics:
    item = Patient.get(
        chart_key(practice, patient), CHART, attributes_to_get=["demographics", "entity"]
    )
    sealer = Sealer(practice, Domain.PATIENTS)
    return sealer.unseal(patient, "demographics", item.demographics, Demographics)


# -- the same person? --------------------------------------------------------


def _differs(chart: Demographics, told: Identity) -> Unmatched | None:
    if not told.names:
        return Unmatched.NO_NAME
    if told.birth_date is None:
        return Unmatched.NO_BIRTH_DATE
    if not any(_same_name(name, chart) for name in told.names):
        return Unmatched.OTHER_NAME
    if told.birth_date != chart.birth_date:
        return Unmatched.OTHER_BIRTH_DATE
    return None if _same_sex(told.sex, chart) else Unmatched.OTHER_SEX


def _same_name(told: PersonName, chart: Demographics) -> bool:
    """Family name and first given name are those of one of the chart's names.

    An initial stands for a name, and a compound name for either of its halves;
    more is left to a person.
    """
    family, given = _words(told.family), _words(told.given)
    for name in chart.names:
        own_family, own_given = _words(name.family or ""), _words(" ".join(name.given))
        if _same_family(family, own_family) and _same_given(given, own_given):
            return True
    return False


def _same_family(one: list[str], other: list[str]) -> bool:
    if not one or not other:
        return one == other
    return "".join(one) == "".join(other) or one == other[: len(one)] or other == one[: len(other)]


def _same_given(one: list[str], other: list[str]) -> bool:
    if not one or not other:
        return one == other
    first, own = one[0], other[0]
    return first == own or (1 in {len(first), len(own)} and first[0] == own[0])


def _words(text: str) -> list[str]:
    """In ASCII lower case without marks: ``José-María`` as ``jose``, ``maria``."""
    plain = anyascii(unicodedata.normalize("NFKC", text).casefold()).lower()
    kept = plain.replace("'", "").replace(".", "")
    return [
        word
        for word in "".join(c if c.isalnum() else " " for c in kept).split()
        if word not in _SUFFIXES
    ]


_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv"})


def _same_sex(told: str, chart: Demographics) -> bool:
    """Only two that are known and differ speak against it."""
    at_birth = {BirthSex.FEMALE: "F", BirthSex.MALE: "M"}.get(chart.birth_sex or BirthSex.UNKNOWN)
    known = {at_birth, {Gender.FEMALE: "F", Gender.MALE: "M"}.get(chart.gender)} - {None}
    return told not in {"F", "M"} or not known or told in known
