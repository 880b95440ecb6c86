"""Every chart of the sample hangs together: illness, drugs, results, age and time."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TypeVar

import pytest

from caresmith.records.clinical.allergy import Allergy
from caresmith.records.clinical.coding import RXNORM, first_day
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.encounter import EncounterStatus
from caresmith.records.clinical.immunization import Immunization
from caresmith.records.clinical.medication import Medication
from caresmith.records.clinical.observation import Observation, Vitals
from caresmith.records.clinical.report import Flag
from functions.encounters import sittings
from functions.encounters.kinds import PLAIN, check_dates
from functions.encounters.status import WRITABLE
from functions.results import progress
from scripts.sample_practice.agenda import Size
from scripts.sample_practice.clinical.charted import Charted, Entry
from scripts.sample_practice.clinical.drugs import DRUGS
from scripts.sample_practice.clinical.illnesses import ILLNESSES
from scripts.sample_practice.clinical.pregnancies import WINDOWS
from scripts.sample_practice.loading import Sample, make_sample
from tests.unit.sample_practice.conftest import TUESDAY_MORNING

NOW = TUESDAY_MORNING
TODAY = NOW.date()
Kind = TypeVar("Kind", bound=Content)
SMALL = Size(patients=45, past_days=60, future_days=5, past_visits=90, future_visits=10)


@pytest.fixture(scope="module")
def charts(sample: Sample) -> list[Charted]:
    return sample.charts


def of(chart: Charted, kind: type[Kind]) -> list[tuple[Entry, Kind]]:
    return [(one, one.content) for one in chart.entries if isinstance(one.content, kind)]


def values(chart: Charted, loinc: str) -> list[tuple[date, float]]:
    """All values of that code, oldest first."""
    found = [
        (filed.issued.date(), float(one.quantity.value))
        for filed in chart.results
        for one in filed.report.observations
        if one.quantity and one.code.codings[0].code == loinc
    ]
    return sorted(found)


def test_everybody_who_came_has_a_chart_with_an_encounter_for_each_visit(sample: Sample) -> None:
    here = {"checked-in", "fulfilled"}
    came = Counter(
        patient
        for tale in sample.tales
        if tale.visit.status in here
        for patient in tale.visit.patient_ids
    )
    assert {chart.patient_id: len(chart.visits) for chart in sample.charts} == came
    ids = [told.encounter_id for chart in sample.charts for told in chart.visits]
    assert len(set(ids)) == len(ids)


def test_same_seed_and_moment_give_the_same_charts() -> None:
    one, other = make_sample(NOW, SMALL).charts, make_sample(NOW, SMALL).charts
    assert len(one) > 20
    for left, right in zip(one, other, strict=True):
        assert (left.entries, left.visits, left.results) == (
            right.entries,
            right.visits,
            right.results,
        )


def test_nothing_is_told_of_the_future_or_before_the_chart_was_opened(
    charts: list[Charted],
) -> None:
    kinds = {plain.content: plain for plain in PLAIN}
    for chart in charts:
        opened = chart.life.patient.registered_at
        for entry in chart.entries:
            assert opened <= entry.at <= NOW
            if type(entry.content) in kinds:
                last = max(entry.at, entry.changed_at or entry.at)
                assert last <= NOW + timedelta(days=1)
                check_dates(kinds[type(entry.content)], entry.content, last)
        for filed in chart.results:
            report = filed.report
            assert report.collected_at is not None
            assert opened < report.collected_at <= filed.issued <= NOW
            assert report.reviewed_at is None or filed.issued <= report.reviewed_at <= NOW


def test_no_note_is_written_before_its_visit_or_signed_before_it_is_written(
    charts: list[Charted],
) -> None:
    for chart in charts:
        for told in chart.visits:
            times = [at for _, at in told.moves]
            assert times == sorted(times)
            assert times[-1] <= NOW
            if told.note is None:
                continue
            assert times[0] <= told.note.saved_at
            assert told.note.saved_at <= (told.note.signed_at or NOW) <= NOW


def test_finished_visits_have_signed_coded_notes_and_only_recent_ones_are_open(
    charts: list[Charted],
) -> None:
    visits = [told for chart in charts for told in chart.visits]
    for told in visits:
        if told.status is EncounterStatus.FINISHED:
            assert told.note
            assert told.note.signed_at
            assert told.billing.diagnoses
            assert told.billing.services
    unfinished = [told for told in visits if told.status in WRITABLE]
    recent = [told for told in unfinished if NOW - told.visit.start < timedelta(days=7)]
    assert 10 <= len(recent) <= len(unfinished) <= 60
    assert any(told.note and told.note.cosigner for told in unfinished)


def test_notes_say_something_and_not_all_the_same(charts: list[Charted]) -> None:
    texts = []
    for chart in charts:
        for told in chart.visits:
            if told.status is EncounterStatus.FINISHED and told.note:
                filled = [one.text for one in told.note.body.sections if one.text.strip()]
                assert len(filled) >= 3
                assert not any(sign in " ".join(filled) for sign in ("{", "}", "[", "|", "<"))
                texts.append("\n".join(filled))
    assert Counter(texts).most_common(1)[0][1] <= len(texts) / 50
    assert len(set(texts)) > 0.93 * len(texts)


def test_vitals_are_of_this_life_and_children_do_not_shrink(charts: list[Charted]) -> None:
    for chart in charts:
        heights: list[float] = []
        for entry, vitals in sorted(of(chart, Vitals), key=lambda one: one[1].at):
            sittings.check(vitals, entry.at)
            taken = {one.code.text: one for one in vitals.measurements}
            if chart.life.age_on(vitals.at.date()) < 18:
                heights.append(number(taken["Body height"]))
            assert "Heart rate" in taken
        assert heights == sorted(heights)
        latest = [entry for entry, _ in of(chart, Vitals) if entry.matters]
        assert len(latest) <= 1


def number(one: Observation) -> float:
    assert one.quantity
    return float(one.quantity.value)


def test_who_is_obese_weighs_so(charts: list[Charted]) -> None:
    for chart in charts:
        life = chart.life
        if "obesity" not in life.illnesses or life.age_on(TODAY) < 19 or life.pregnancy:
            continue
        for _, vitals in of(chart, Vitals):
            bmi = next(number(o) for o in vitals.measurements if o.code.text == "Body mass index")
            assert bmi > 29


def test_each_drug_has_a_problem_of_the_chart_and_suits_who_takes_it(
    charts: list[Charted],
) -> None:
    by_name = {drug.name: drug for drug in DRUGS.values()}
    for chart in charts:
        problems = {condition.code.words for _, condition in of(chart, Condition)}
        allergies = {allergy.substance.words for _, allergy in of(chart, Allergy)}
        for entry, taken in of(chart, Medication):
            drug = by_name[taken.drug.words]
            assert taken.sig
            assert taken.reason
            lasting = taken.reason.words in {one.name for one in ILLNESSES.values()}
            assert taken.reason.words in problems or not lasting
            age = chart.life.age_on(TODAY if not drug.days else entry.at.date())
            assert drug.suits(age, female=chart.life.female)
            if drug.substance == "penicillin":
                assert "Penicillin" not in allergies
            assert taken.drug.code_in(RXNORM) == (drug.rxnorm or None)


def test_no_active_problem_or_allergy_stands_twice(charts: list[Charted]) -> None:
    for chart in charts:
        for kind in (Condition, Allergy):
            active = [
                (one.code if isinstance(one, Condition) else one.substance).words  # type: ignore[attr-defined]
                for _, one in of(chart, kind)
                if one.matters_now
            ]
            assert len(set(active)) == len(active)
        none_known = [one for _, one in of(chart, Allergy) if one.says_none_known]
        assert not none_known or len(of(chart, Allergy)) == 1


def test_problems_fit_age_and_sex(charts: list[Charted]) -> None:
    for chart in charts:
        life = chart.life
        for name, onset in life.illnesses.items():
            illness = ILLNESSES[name]
            assert life.age_on(onset) >= illness.begins[0]
            assert illness.sex in ("", "female" if life.female else "male")
            assert not set(illness.excludes) & set(life.illnesses)
        if life.pregnancy:
            assert life.female
            assert 17 <= life.age_on(life.pregnancy.due) <= 45
        assert not life.pregnancy or "warfarin" not in chart_drugs(chart)


def chart_drugs(chart: Charted) -> str:
    return " ".join(taken.drug.words for _, taken in of(chart, Medication))


def test_who_is_seen_for_a_pregnancy_is_pregnant_then(sample: Sample) -> None:
    lives = {chart.patient_id: chart.life for chart in sample.charts}
    told = [
        (tale, lives[tale.visit.patient_ids[0]])
        for tale in sample.tales
        if tale.details.note in WINDOWS and tale.visit.status == "fulfilled"
    ]
    assert len(told) > 10
    for tale, life in told:
        assert life.pregnancy
        assert life.pregnancy.goes_on(tale.visit.start.date())


def test_vaccines_are_given_at_their_age(charts: list[Charted]) -> None:
    for chart in charts:
        for _, dose in of(chart, Immunization):
            given = first_day(dose.given_on)
            assert chart.life.born <= given <= TODAY
            months = chart.life.months_on(given)
            if "zoster" in dose.vaccine.words:
                assert months >= 600
            if dose.vaccine.words in {"MMR", "varicella"}:
                assert 12 <= months <= 60


def test_results_fit_the_illness(charts: list[Charted]) -> None:
    for chart in charts:
        life = chart.life
        for day, value in values(chart, "4548-4"):
            known = any(life.has(name, day) for name in ("diabetes", "diabetes-1"))
            assert (value >= 6.0) == known or "prediabetes" in life.illnesses or value < 6.0
        for _, value in values(chart, "6301-6"):
            assert value > 1.3
            assert "warfarin" in chart_drugs(chart)
        if values(chart, "2857-1"):
            assert not life.female
            assert life.age_on(TODAY) >= 50
        for day, _ in values(chart, "77307-7"):
            assert life.months_on(day) <= 31


def test_diabetics_are_followed_over_time(charts: list[Charted]) -> None:
    followed = [
        len(values(chart, "4548-4")) for chart in charts if "diabetes" in chart.life.illnesses
    ]
    assert len(followed) > 15
    assert sum(count >= 3 for count in followed) > len(followed) / 2


def test_flags_are_what_the_ranges_say(charts: list[Charted]) -> None:
    for chart in charts:
        for filed in chart.results:
            assert filed.report.flag is progress.flag_of(filed.report.observations)
            for one in filed.report.observations:
                if one.quantity and one.interpretation:
                    low = one.low is not None and one.quantity.value < one.low
                    high = one.high is not None and one.quantity.value > one.high
                    assert (one.interpretation[0] == "N") == (not low and not high)


def test_some_results_wait_to_be_seen_and_a_few_are_critical(charts: list[Charted]) -> None:
    waiting = [f.report for chart in charts for f in chart.results if f.report.reviewed_at is None]
    assert 12 <= len(waiting) <= 150
    critical = [report for report in waiting if report.flag is Flag.CRITICAL]
    assert 2 <= len(critical) <= 12
    assert any(report.responsible_id is None for report in waiting)
