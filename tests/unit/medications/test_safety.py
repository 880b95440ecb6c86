"""Safety checks by public data: what they find, and what they say that they did not look at."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.coding import RXNORM, SNOMED, Coding, Concept, Quantity
from caresmith.records.clinical.dosage import Directions, Timing
from functions.medications.safety import public
from functions.medications.safety.knowledge import knowledge
from functions.medications.safety.port import Alert, Allergic, Question, Taken
from tests.support.environment import ROOT

TABLE = json.loads(Path(public.__file__).with_name("public.json").read_text())
ORAL = Concept(codings=(Coding(system=SNOMED, code="26643006"),))


def drug(name: str, code: str = "99999999") -> Concept:
    return Concept(codings=(Coding(system=RXNORM, code=code, display=name),), text=name)


def ask(
    name: str,
    *,
    taking: tuple[str, ...] = (),
    allergies: tuple[Concept, ...] = (),
    directions: Directions | None = None,
    born: dt.date = dt.date(1980, 2, 29),
) -> Any:
    return public.PublicChecks().check(
        Question(
            drug=drug(name),
            directions=directions or Directions(),
            birth_date=born,
            today=dt.date(2026, 3, 1),
            taken=tuple(Taken(f"med_{n}", drug(one)) for n, one in enumerate(taking)),
            allergies=tuple(
                Allergic(f"alg_{n}", Allergy(substance=one)) for n, one in enumerate(allergies)
            ),
        )
    )


def found(alerts: tuple[Alert, ...]) -> list[str]:
    return [f"{alert.kind}.{alert.key.split('.')[1]}:{alert.severity}" for alert in alerts]


@pytest.mark.parametrize(
    ("prescribed", "allergen", "alerts"),
    [
        ("amoxicillin 500 MG Oral Capsule", drug("penicillin", "70618"), ["ALGY.same:high"]),
        ("amoxicillin 500 MG Oral Capsule", Concept(text="Penicillin"), ["ALGY.same:high"]),
        (
            "amoxicillin 500 MG Oral Capsule",
            drug("penicillin G", "7980"),
            ["ALGY.penicillins:high"],
        ),
        (
            "cephalexin 500 MG Oral Capsule",
            drug("amoxicillin"),
            ["ALGY.side-chain:high", "ALGY.penicillin-cephalosporin:low"],
        ),
        (
            "cefdinir 300 MG Oral Capsule",
            Concept(text="Penicillins"),
            ["ALGY.penicillin-cephalosporin:low"],
        ),
        (
            "sulfamethoxazole 800 MG / trimethoprim 160 MG Oral Tablet",
            Concept(text="Sulfa drugs"),
            ["ALGY.same:high"],
        ),
        ("ibuprofen 600 MG Oral Tablet", drug("aspirin", "1191"), ["ALGY.nsaids:high"]),
        ("quinoxyl 5 MG Oral Tablet", Concept(text="Quinoxyl"), ["ALGY.name:high"]),
        ("lisinopril 10 MG Oral Tablet", drug("penicillin", "70618"), []),
        ("azithromycin 250 MG Oral Tablet", Concept(text="No known allergies"), []),
    ],
)
def test_allergies_to_the_same_and_to_what_cross_reacts(
    prescribed: str, allergen: Concept, alerts: list[str]
) -> None:
    assert found(ask(prescribed, allergies=(allergen,)).alerts) == alerts


def test_no_known_allergy_is_no_allergy_and_nothing_unknown() -> None:
    none_known = Concept(codings=(Coding(system=SNOMED, code="716186003"),))
    answer = ask("amoxicillin 500 MG Oral Capsule", allergies=(none_known,))
    assert answer.alerts == ()
    assert not any("Allergy" in said for said in answer.not_checked)


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ("methylphenidate", "phenelzine", "amphetamine-maoi"),
        ("atazanavir", "omeprazole", "atazanavir-ppi"),
        ("febuxostat", "azathioprine", "febuxostat-thiopurine"),
        ("sertraline", "tranylcypromine", "ssri-maoi"),
        ("irinotecan", "ketoconazole", "irinotecan-cyp3a4"),
        ("meperidine", "selegiline", "opioid-maoi"),
        ("amitriptyline", "isocarboxazid", "tricyclic-maoi"),
        ("sotalol", "haloperidol", "qt-qt"),
        ("ramelteon", "fluvoxamine", "ramelteon-cyp1a2"),
        ("darunavir", "rifampin", "protease-inducer"),
        ("simvastatin", "clarithromycin", "statin-cyp3a4"),
        ("ergotamine", "itraconazole", "ergot-cyp3a4"),
        ("tizanidine", "ciprofloxacin", "tizanidine-cyp1a2"),
        ("tranylcypromine", "procarbazine", "tranylcypromine-procarbazine"),
        ("sumatriptan", "phenelzine", "triptan-maoi"),
    ],
)
def test_each_pair_of_the_onc_list_is_found_whichever_comes_first(
    one: str, other: str, rule: str
) -> None:
    for prescribed, taken in ((one, other), (other, one)):
        answer = ask(f"{prescribed} 10 MG Oral Tablet", taking=(f"{taken} 10 MG Oral Tablet",))
        assert f"DRG.{rule}:high" in found(answer.alerts)


def test_the_same_drug_and_the_same_class_are_duplicates() -> None:
    twice = ask("ibuprofen 600 MG Oral Tablet", taking=("ibuprofen 200 MG Oral Tablet",))
    assert found(twice.alerts) == ["DUPTHPY.same:moderate"]
    same_class = ask("sertraline 50 MG Oral Tablet", taking=("fluoxetine 20 MG Oral Capsule",))
    assert "DUPTHPY.ssris:moderate" in found(same_class.alerts)
    clots = ask("apixaban 5 MG Oral Tablet", taking=("warfarin sodium 5 MG Oral Tablet",))
    assert "DUPTHPY.anticoagulants:high" in found(clots.alerts)


def _daily(dose: str, unit: str, times: int) -> Directions:
    return Directions(
        dose=Quantity(value=Decimal(dose), unit=unit), route=ORAL, timing=Timing(frequency=times)
    )


@pytest.mark.parametrize(
    ("name", "directions", "alerts"),
    [
        ("acetaminophen 500 MG Oral Tablet", _daily("2", "{tbl}", 4), []),
        ("acetaminophen 500 MG Oral Tablet", _daily("2", "{tbl}", 6), ["DOSEHIND"]),
        ("acetaminophen 32 MG/ML Oral Suspension", _daily("30", "mL", 4), []),
        ("acetaminophen 32 MG/ML Oral Suspension", _daily("40", "mL", 4), ["DOSEHIND"]),
        ("citalopram 20 MG Oral Tablet", _daily("0.06", "g", 1), ["DOSEHIND"]),
        (
            "acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet",
            _daily("3", "{tbl}", 5),
            ["DOSEHIND"],
        ),
    ],
)
def test_a_daily_dose_above_the_labelled_most_warns(
    name: str, directions: Directions, alerts: list[str]
) -> None:
    answer = ask(name, directions=directions)
    assert [alert.kind for alert in answer.alerts] == alerts


def test_what_was_not_looked_at_is_said() -> None:
    strength_unknown = ask(
        "citalopram Oral Tablet", directions=_daily("3", "{tbl}", 1), taking=("zorbamycin 1 MG",)
    )
    assert strength_unknown.alerts == ()
    assert "zorbamycin 1 MG: not in the table" in strength_unknown.not_checked
    assert "Daily dose of citalopram: can't be worked out" in strength_unknown.not_checked
    child = ask(
        "citalopram 20 MG Oral Tablet",
        directions=_daily("3", "{tbl}", 1),
        born=dt.date(2015, 1, 1),
        allergies=(Concept(text="Bee venom"),),
    )
    assert "Daily dose of citalopram: the limit is for adults" in child.not_checked
    assert "Allergy to Bee venom: not in the table" in child.not_checked


def test_the_answer_says_what_it_covers_by_numbers_that_are_true() -> None:
    said = " ".join(public.PublicChecks().coverage().covers)
    assert f"{len(TABLE['interactions'])} interactions" in said
    assert f"{len(TABLE['ingredients'])} ingredients" in said


@settings(deadline=None)
@given(
    st.sampled_from([one["name"] for one in TABLE["ingredients"]]),
    st.sampled_from([one["name"] for one in TABLE["ingredients"]]),
)
def test_two_drugs_clash_whichever_is_prescribed_second(one: str, other: str) -> None:
    first = found(ask(one, taking=(other,)).alerts)
    second = found(ask(other, taking=(one,)).alerts)
    assert sorted(a for a in first if "DOSE" not in a) == sorted(
        a for a in second if "DOSE" not in a
    )


# -- the table itself -----------------------------------------------------------------


def test_every_rule_names_known_ingredients_classes_and_a_source() -> None:
    names = {one["name"] for one in TABLE["ingredients"]}
    assert len(names) == len(TABLE["ingredients"])
    for members in TABLE["classes"].values():
        assert set(members) <= names
    for rule in TABLE["interactions"] + TABLE["allergies"]:
        assert rule["source"] in TABLE["sources"]
        assert rule["severity"] in {"high", "moderate", "low"}
    for rule in TABLE["interactions"]:
        for side in (*rule["a"], *rule["b"]):
            assert side.get("ingredient", "aspirin") in names
            assert side.get("class", "statins") in TABLE["classes"]
    for one in TABLE["maximum_daily"]:
        assert one["ingredient"] in names
    assert set(TABLE["synonyms"].values()) <= names
    codes = [one["rxcui"] for one in TABLE["ingredients"] if "rxcui" in one]
    assert len(codes) == len(set(codes))


def test_every_listed_drug_is_wholly_known_to_the_checks() -> None:
    listed = json.loads((ROOT / "layers" / "codes" / "drugs.json").read_text())["drugs"]
    for rxcui, name, _source in listed:
        known = knowledge().resolve(drug(name, rxcui))
        assert known.parts, name
        assert known.unknown == (), name
        if " MG Oral " in name:
            assert all(part.milligrams for part in known.parts), name


@pytest.mark.parametrize(
    ("name", "ingredient", "milligrams"),
    [
        ("24 HR tramadol hydrochloride 100 MG Extended Release Oral Tablet", "tramadol", "100"),
        ("Osmotic 24 HR nifedipine 30 MG Extended Release Oral Tablet", "nifedipine", "30"),
        ("200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "albuterol", "0.09"),
        ("NDA020503 200 ACTUAT albuterol 0.09 MG/ACTUAT Inhaler", "albuterol", "0.09"),
        ("72 HR fentanyl 0.025 MG/HR Transdermal System", "fentanyl", None),
        ("24 HR metoprolol succinate 50 MG Oral Tablet [Toprol]", "metoprolol", "50"),
        ("{21 (methylprednisolone 4 MG Oral Tablet) } Pack", "methylprednisolone", "4"),
        ("3 ML insulin glargine 100 UNT/ML Pen Injector", "insulin glargine", None),
    ],
)
def test_how_a_drug_is_packed_does_not_hide_what_it_is(
    name: str, ingredient: str, milligrams: str | None
) -> None:
    [part] = knowledge().resolve(drug(name)).parts
    assert part.ingredient == ingredient
    assert part.milligrams == (Decimal(milligrams) if milligrams else None)
