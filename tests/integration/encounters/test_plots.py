"""Growth and vital signs over time, as the page and its tables show them."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

from caresmith.records.demographics import BirthSex
from tests.integration.encounters.conftest import Clinic
from tests.integration.encounters.test_chart import of
from tests.support.practices import add_patient


def drawn(page: str, what: str) -> list[Any]:
    """What each plot of that kind is drawn from."""
    return [json.loads(unescape(found)) for found in re.findall(rf'data-{what}="([^"]*)"', page)]


def measured(clinic: Clinic, patient: str, days_ago: int, *values: dict[str, Any]) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    content = {"at": at.isoformat(), "measurements": list(values)}
    reply = clinic.post(f"/charts/{patient}/vitals", {"content": content})
    assert reply.status == 201, reply.text


def child(clinic: Clinic, months: int, sex: BirthSex | None = BirthSex.FEMALE) -> str:
    born = date.today() - timedelta(days=round(months * 30.4375))  # noqa: DTZ011 - about then
    return add_patient(clinic.small.practice, birth_date=born, birth_sex=sex)


def test_a_child_stands_on_the_curves_of_its_age_and_sex(clinic: Clinic) -> None:
    patient = child(clinic, 30)
    measured(clinic, patient, 540, of("29463-7", "8.9", "kg"), of("9843-4", "44.9", "cm"))
    measured(clinic, patient, 10, of("29463-7", "28.2", "[lb_av]"), of("8302-2", "90", "cm"))
    page = clinic.get(f"/console/charts/{patient}/plots").text
    plots = {plot["title"]: plot for plot in drawn(page, "growth")}
    assert set(plots) == {"Weight", "Length and height", "Body mass index", "Head circumference"}
    weight = plots["Weight"]
    assert [point["value"] for point in weight["points"]] == [8.9, 12.79]
    assert [curve["name"] for curve in weight["curves"]] == [
        "5",
        "10",
        "25",
        "50",
        "75",
        "90",
        "95",
    ]
    # WHO's median weight of a girl at birth is 3.2 kg; a gap parts its curves from CDC's.
    assert weight["curves"][3]["points"][0] == [0.0, 3.23]
    assert [24.0, None] in weight["curves"][3]["points"]
    for said in ("12 months", "28.2 lb", "percentile, z "):
        assert said in page


def test_a_median_child_is_at_the_fiftieth_percentile(clinic: Clinic) -> None:
    patient = child(clinic, 12)
    # WHO 2006, girls: the median weight at twelve months is 8.9 kg.
    measured(clinic, patient, 0, of("29463-7", "8.95", "kg"))
    page = clinic.get(f"/console/charts/{patient}/plots").text
    assert re.search(r"(49th|50th|51st) percentile", page)


def test_without_a_sex_there_are_points_and_no_curves(clinic: Clinic) -> None:
    patient = child(clinic, 30, None)
    measured(clinic, patient, 10, of("29463-7", "12.7", "kg"))
    page = clinic.get(f"/console/charts/{patient}/plots").text
    assert "record it at the registration" in page
    assert drawn(page, "growth") == []
    assert drawn(page, "lines")[0]["title"] == "Weight"


def test_pressures_go_together_and_weights_in_the_unit_of_the_last(clinic: Clinic) -> None:
    patient = add_patient(clinic.small.practice)
    pressure = (of("8480-6", 128, "mm[Hg]"), of("8462-4", 82, "mm[Hg]"))
    measured(clinic, patient, 90, *pressure, of("29463-7", "70", "kg"))
    measured(clinic, patient, 3, of("29463-7", "150", "[lb_av]"))
    page = clinic.get(f"/console/charts/{patient}/plots").text
    assert "Growth charts" not in page
    both, weight = drawn(page, "lines")
    assert [line["name"] for line in both["lines"]] == [
        "Systolic blood pressure",
        "Diastolic blood pressure",
    ]
    assert "128 mmHg over 82 mmHg" in page
    assert weight["unit"] == "lb"
    assert [round(value, 1) for _, value in weight["lines"][0]["points"]] == [154.3, 150.0]


def test_what_was_entered_in_error_is_not_plotted(clinic: Clinic) -> None:
    patient = add_patient(clinic.small.practice)
    measured(clinic, patient, 3, of("29463-7", "150", "[lb_av]"))
    path = f"/charts/{patient}/vitals"
    [sitting] = clinic.get(path).json["entries"]
    wrong = {**sitting["content"], "entered_in_error": True}
    assert clinic.put(f"{path}/{sitting['id']}", wrong, 1).status == 200
    page = clinic.get(f"/console/charts/{patient}/plots").text
    assert drawn(page, "lines") == []
    assert "None taken yet." in page
