"""What the chart says of a person: sex and gender, race, language, marriage, alerts."""

from __future__ import annotations

from typing import Final

from caresmith.records.demographics import (
    BirthSex,
    Demographics,
    Ethnicity,
    Gender,
    GenderIdentity,
    MaritalStatus,
    Pronouns,
    Race,
)
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.households import Household, Member

_TRANS: Final = 0.012
_NONBINARY: Final = 0.01
_DECLINED: Final = 0.05
_WITH_NICKNAME: Final = 0.6
_ALERTS: Final = (
    "Hearing impaired: face the patient and speak slowly",
    "Uses a wheelchair: book Exam 1",
    "Low vision: offer large print",
    "Needs a quiet waiting area (autism)",
    "Latex allergy: tell the room staff",
    "Two patients of this name: check the birth date",
)


def demographics(dice: Dice, member: Member, home: Household) -> Demographics:
    """The sealed group ``demographics`` of one member of a household."""
    culture = member.name.culture
    sex = BirthSex.FEMALE if member.female else BirthSex.MALE
    gender, gender_identity, pronouns = _gender(dice, member)
    declined = dice.chance(_DECLINED)
    language = culture.language if dice.chance(_own_language(member)) else "en"
    foreign = not language.startswith("en")
    told = {
        "names": member.name.human_names(with_nickname=dice.chance(_WITH_NICKNAME)),
        "birth_date": member.birth_date,
        "gender": gender,
        "birth_sex": sex,
        "gender_identity": gender_identity,
        "pronouns": pronouns,
        "race": [Race.DECLINED if declined else culture.race],
        "race_details": [culture.race_detail] if culture.race_detail and not declined else [],
        "ethnicity": Ethnicity.DECLINED if declined else culture.ethnicity,
        "ethnicity_details": (
            [culture.ethnicity_detail] if culture.ethnicity_detail and not declined else []
        ),
        "marital_status": _marriage(dice, member, home),
        "language": language,
        "interpreter_needed": foreign and dice.chance(0.55),
        "multiple_birth": member.twin,
        "alerts": [dice.one(_ALERTS)] if dice.chance(0.04) else [],
    }
    return Demographics.model_validate(told)


def _gender(dice: Dice, member: Member) -> tuple[Gender, GenderIdentity | None, Pronouns | None]:
    """Administrative gender, identity and pronouns. Most charts say only the first."""
    own = Gender.FEMALE if member.female else Gender.MALE
    if member.age >= 15 and dice.chance(_TRANS):
        if member.female:
            return Gender.MALE, GenderIdentity.MALE, Pronouns.HE
        return Gender.FEMALE, GenderIdentity.FEMALE, Pronouns.SHE
    if member.age >= 15 and dice.chance(_NONBINARY):
        return Gender.OTHER, GenderIdentity.NONBINARY, Pronouns.THEY
    if member.minor or dice.chance(0.6):
        return own, None, None
    if member.female:
        return own, GenderIdentity.FEMALE, Pronouns.SHE
    return own, GenderIdentity.MALE, Pronouns.HE


def _own_language(member: Member) -> float:
    """The older, the likelier somebody is to prefer the family's language."""
    prefers = member.name.culture.prefers_it
    if member.minor:
        return prefers / 3
    return min(1.0, prefers * 1.6) if member.age > 60 else prefers


def _marriage(dice: Dice, member: Member, home: Household) -> MaritalStatus:
    if member.minor:
        return MaritalStatus.NEVER_MARRIED
    if member.widowed:
        return MaritalStatus.WIDOWED
    if len(home.grown_ups) == 2 and member in home.grown_ups:
        return MaritalStatus.MARRIED if home.married else MaritalStatus.DOMESTIC_PARTNER
    alone = {
        MaritalStatus.NEVER_MARRIED: 60.0,
        MaritalStatus.DIVORCED: 30,
        MaritalStatus.SEPARATED: 5,
    }
    if member.age > 60:
        alone[MaritalStatus.WIDOWED] = 40
    return dice.pick(alone)
