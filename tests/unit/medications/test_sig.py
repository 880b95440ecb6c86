"""The sig in plain English, and directions to FHIR's Dosage and back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fhir.resources.R4B.dosage import Dosage
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from caresmith.records.clinical.coding import SNOMED, Coding, Concept, Quantity
from caresmith.records.clinical.dosage import Day, Directions, Duration, Timing, When
from functions.medications import fhir_dosage
from functions.medications.fhir_out import as_json
from functions.medications.sig import sentence
from functions.medications.units import FREQUENCY_OF, ROUTES, UNITS


def route(code: str = "26643006") -> Concept:
    return Concept(codings=(Coding(system=SNOMED, code=code),))


def amount(value: str, unit: str = "{tbl}") -> Quantity:
    return Quantity(value=Decimal(value), unit=unit)


@pytest.mark.parametrize(
    ("directions", "said"),
    [
        (
            Directions(dose=amount("1"), route=route(), timing=Timing(frequency=2)),
            "Take 1 tablet by mouth twice daily.",
        ),
        (
            Directions(
                dose=amount("1"),
                dose_high=amount("2"),
                route=route(),
                timing=Timing(period=Decimal(4), period_max=Decimal(6), period_unit="h"),
                as_needed=True,
                as_needed_for=Concept(text="Pain"),
                most_per_day=amount("8"),
            ),
            (
                "Take 1 to 2 tablets by mouth every 4 to 6 hours as needed for pain. "
                "Do not use more than 8 tablets in 24 hours."
            ),
        ),
        (
            Directions(
                dose=amount("0.5"),
                route=route(),
                timing=Timing(when=(When.BEDTIME,)),
                duration=Duration(value=Decimal(1), unit="wk"),
            ),
            "Take one-half tablet by mouth once daily at bedtime for 1 week.",
        ),
        (
            Directions(
                dose=amount("12.50", "mL"),
                route=route(),
                timing=Timing(frequency=3, when=(When.WITH_MEALS,)),
                instructions="Shake well",
            ),
            "Take 12.5 mL by mouth 3 times daily with meals. Shake well.",
        ),
        (
            Directions(
                dose=amount("10", "[iU]"),
                route=route("34206005"),
                timing=Timing(days=(Day.MONDAY, Day.WEDNESDAY, Day.FRIDAY)),
            ),
            "Inject 10 units under the skin once daily on Monday, Wednesday and Friday.",
        ),
        (
            Directions(dose=amount("7.5", "mg"), route=route(), timing=Timing(period_unit="wk")),
            "Take 7.5 mg by mouth once every week.",
        ),
        (
            Directions(dose=amount("2", "{puff}"), route=route("447694001"), as_needed=True),
            "Inhale 2 puffs by inhalation as needed.",
        ),
        (
            Directions(
                route=Concept(text="PEG tube"), dose=amount("5", "mL"), timing=Timing(frequency=4)
            ),
            "Use 5 mL (PEG tube) 4 times daily.",
        ),
        (Directions(instructions="Use as directed."), "Use as directed."),
        (Directions(), ""),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_sig_reads_as_a_person_says_it(directions: Directions, said: str) -> None:
    assert sentence(directions) == said


@pytest.mark.parametrize(
    "wrong",
    [
        {"dose": amount("0")},
        {"dose": amount("-1")},
        {"dose": Quantity(value=Decimal(1), unit="mg", comparator=">")},
        {"dose_high": amount("2")},
        {"dose": amount("2"), "dose_high": amount("1")},
        {"dose": amount("1"), "dose_high": amount("2", "mg")},
        {"as_needed_for": Concept(text="pain")},
    ],
)
def test_directions_that_contradict_themselves_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Directions.model_validate(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency": 3, "frequency_max": 2},
        {"period": Decimal(6), "period_max": Decimal(4)},
        {"frequency": 0},
        {"period": Decimal(0)},
        {"period_unit": "min"},
        {"days": (Day.MONDAY, Day.MONDAY)},
        {"days": (Day.MONDAY,), "period_unit": "wk"},
    ],
)
def test_a_timing_that_can_t_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Timing.model_validate(wrong)


# -- every sig ----------------------------------------------------------------------

_values = st.decimals(min_value="0.1", max_value="500", places=2)
_units = st.sampled_from([unit.code for unit in UNITS])
_quantities = st.builds(Quantity, value=_values, unit=_units)
_timings = st.builds(
    Timing,
    frequency=st.integers(1, 12),
    frequency_max=st.none() | st.integers(13, 24),
    period=st.integers(1, 12).map(Decimal),
    period_max=st.none() | st.integers(13, 24).map(Decimal),
    period_unit=st.just("d"),
    days=st.lists(st.sampled_from(list(Day)), unique=True, max_size=7).map(tuple),
    when=st.lists(st.sampled_from(list(When)), unique=True, max_size=4).map(tuple),
)
_as_needed = st.sampled_from(
    [
        {},
        {"as_needed": True},
        {"as_needed": True, "as_needed_for": Concept(text="Itching at night")},
    ]
)


@st.composite
def any_directions(draw: st.DrawFn) -> Directions:
    dose = draw(st.none() | _quantities)
    high = None
    if dose is not None and draw(st.booleans()):
        high = dose.model_copy(update={"value": dose.value + draw(_values)})
    return Directions(
        dose=dose,
        dose_high=high,
        route=draw(st.none() | st.sampled_from(ROUTES).map(lambda r: route(r.code))),
        timing=draw(st.none() | _timings),
        duration=draw(
            st.none()
            | st.builds(
                Duration,
                value=st.integers(1, 90).map(Decimal),
                unit=st.sampled_from(["d", "wk", "mo"]),
            )
        ),
        most_per_day=draw(st.none() | _quantities),
        instructions=draw(st.none() | st.sampled_from(["Take with food.", "Shake well"])),
        **draw(_as_needed),
    )


@settings(deadline=None)
@given(any_directions())
def test_what_goes_to_fhir_comes_back_as_it_was(directions: Directions) -> None:
    assert fhir_dosage.directions(fhir_dosage.dosage(directions)) == directions


@settings(deadline=None)
@given(any_directions())
def test_every_dosage_is_one_of_fhir_r4(directions: Directions) -> None:
    Dosage.model_validate_json(as_json(fhir_dosage.dosage(directions)))


def test_a_limit_is_said_even_where_nothing_else_is() -> None:
    alone = Directions(most_per_day=amount("4"), instructions="Shake well")
    assert sentence(alone) == "Do not use more than 4 tablets in 24 hours. Shake well."
    assert sentence(Directions(instructions="Shake well")) == "Shake well."
    assert sentence(Directions()) == ""


@settings(deadline=None)
@given(any_directions())
def test_a_sig_is_made_of_sentences_and_misreads_no_number(directions: Directions) -> None:
    said = sentence(directions)
    words = said.replace(".", " ").split()
    # ISMP: no trailing nought after the point, a nought before it.
    for word in said.split():
        number = word.rstrip(".,")
        if "." in number and number.replace(".", "").isdigit():
            assert not number.startswith(".")
            assert not number.endswith("0")
    assert "  " not in said
    assert said == "" or said.endswith(".")
    assert {"qd", "bid", "tid", "qid", "po", "prn", "u"}.isdisjoint(w.lower() for w in words)


@pytest.mark.parametrize("key", FREQUENCY_OF)
def test_what_the_builder_offers_reads_as_its_label(key: str) -> None:
    offered = FREQUENCY_OF[key]
    said = sentence(Directions(dose=amount("1"), route=route(), timing=offered.timing))
    last = offered.label.split()[-1].replace("month", "month").rstrip("s")
    assert last in said
