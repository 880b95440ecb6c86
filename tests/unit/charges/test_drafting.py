"""What is coded at a visit falls into sheets that a claim can hold."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from caresmith.ids import ProviderId
from caresmith.money import Money
from caresmith.records.clinical.coding import CPT, ICD10CM, Coding
from caresmith.records.clinical.encounter import (
    BillingPart,
    Diagnosis,
    EncounterClass,
    Service,
)
from caresmith.records.revenue.service import LineFacts
from caresmith.records.revenue.sheet import MAX_LINES
from functions.charges.drafting import (
    MAX_DIAGNOSES,
    Draft,
    DraftLine,
    of_billing,
    place_of,
    pointers,
    recoded,
    split,
)

DAY = date(2026, 3, 6)
ANA, BEN = ProviderId.new(), ProviderId.new()
CODES = tuple(f"E11{n:02}" for n in range(24))


def line(code: str = "99213", **given: Any) -> DraftLine:
    return DraftLine(**{"code": code, "day": DAY, "rendering_id": ANA, **given})


def coded(codes: tuple[str, ...], *services: tuple[str, int, tuple[int, ...]]) -> BillingPart:
    return BillingPart(
        diagnoses=tuple(Diagnosis(code=Coding(system=ICD10CM, code=code)) for code in codes),
        services=tuple(
            Service(code=Coding(system=CPT, code=code), units=units, diagnoses=places)
            for code, units, places in services
        ),
    )


def plan(billing: BillingPart) -> Draft:
    return of_billing(billing, DAY, ANA)


def test_a_draft_that_one_claim_holds_is_one_sheet_with_its_unused_diagnoses() -> None:
    draft = Draft(CODES[:3], (line(diagnoses=CODES[:1]),))
    assert split(draft) == [draft]


def test_without_a_line_it_is_one_sheet_all_the_same() -> None:
    assert split(Draft(CODES[:2])) == [Draft(CODES[:2])]


def test_two_rendering_providers_make_two_sheets() -> None:
    mine, theirs = line("99213"), line("90837", rendering_id=BEN)
    found = split(Draft(CODES[:1], (mine, theirs, line("83036"))))
    assert [[one.code for one in part.lines] for part in found] == [["99213", "83036"], ["90837"]]


def test_a_thirteenth_diagnosis_that_is_used_goes_with_its_line_to_another_sheet() -> None:
    lines = tuple(line(diagnoses=(code,)) for code in CODES[:13])
    first, second = split(Draft(CODES[:13], lines))
    assert (len(first.diagnoses), len(first.lines)) == (12, 12)
    assert second == Draft(CODES[12:13], lines[12:])


def test_a_thirteenth_diagnosis_that_nothing_uses_makes_no_sheet() -> None:
    [only] = split(Draft(CODES[:13], (line(diagnoses=CODES[12:13]),)))
    assert only.diagnoses == (*CODES[:11], CODES[12])


def test_a_fifty_first_line_makes_another_sheet() -> None:
    first, second = split(Draft(CODES[:1], tuple(line() for _ in range(51))))
    assert (len(first.lines), len(second.lines)) == (50, 1)


_LINES = st.lists(
    st.tuples(
        st.sampled_from([ANA, BEN]),
        st.lists(st.sampled_from(CODES), max_size=4, unique=True),
    ),
    max_size=120,
)


@given(_LINES, st.integers(min_value=0, max_value=24))
def test_whatever_is_split_nothing_is_lost_and_every_sheet_fits(
    drawn: list[tuple[ProviderId, list[str]]], listed: int
) -> None:
    used = {code for _, codes in drawn for code in codes}
    diagnoses = tuple(code for at, code in enumerate(CODES) if code in used or at < listed)
    lines = tuple(
        line(rendering_id=who, diagnoses=tuple(codes), facts=LineFacts(note=str(at)))
        for at, (who, codes) in enumerate(drawn)
    )
    found = split(Draft(diagnoses, lines))
    assert sorted(int(str(one.facts.note)) for part in found for one in part.lines) == list(
        range(len(lines))
    )
    for part in found:
        assert len(part.diagnoses) <= MAX_DIAGNOSES
        assert len(part.lines) <= MAX_LINES
        assert len({one.rendering_id for one in part.lines}) <= 1
        assert set(part.diagnoses).issuperset(c for one in part.lines for c in one.diagnoses)
        assert list(part.diagnoses) == sorted(part.diagnoses, key=diagnoses.index)


def test_what_the_clinician_coded_points_by_place_and_loses_its_dots() -> None:
    draft = plan(coded(("E11.9", "I10"), ("99214", 1, (2, 1))))
    assert draft.diagnoses == ("E119", "I10")
    [only] = draft.lines
    assert only.diagnoses == ("I10", "E119")
    assert pointers(draft.diagnoses, only.diagnoses) == (2, 1)


def test_a_visit_at_home_and_one_by_video_are_at_their_own_places() -> None:
    assert place_of(EncounterClass.AMBULATORY, "22", "10") == "22"
    assert place_of(EncounterClass.HOME, "22", "10") == "12"
    assert place_of(EncounterClass.VIRTUAL, "22", "02") == "02"


AGREED = LineFacts(note="as agreed")
BEFORE = coded(("E11.9", "I10"), ("99213", 1, (1,)), ("83036", 1, (1,)))


def present(**changes: Any) -> Draft:
    """The sheet as it was made: numbered, priced."""
    draft = plan(BEFORE)
    lines = [
        DraftLine(**{**vars_of(one), "line": str(at), "charge": Money(100_00)})
        for at, one in enumerate(draft.lines, 1)
    ]
    return Draft(changes.get("diagnoses", draft.diagnoses), changes.get("lines", tuple(lines)))


def vars_of(one: DraftLine) -> dict[str, Any]:
    return {name: getattr(one, name) for name in DraftLine.__dataclass_fields__}


def test_a_service_coded_anew_keeps_its_number_and_loses_its_price_with_its_units() -> None:
    after = coded(("E11.9", "I10"), ("99213", 1, (1,)), ("83036", 2, (1, 2)))
    found = recoded(present(), BEFORE, after, plan(after))
    first, second = found.lines
    assert (first.line, first.charge) == ("1", Money(100_00))
    assert (second.line, second.units, second.charge) == ("2", "2", None)
    assert second.diagnoses == ("E119", "I10")


def test_a_service_no_longer_coded_goes_and_a_new_one_comes() -> None:
    after = coded(("E11.9",), ("99214", 1, (1,)), ("83036", 1, (1,)))
    found = recoded(present(), BEFORE, after, plan(after))
    assert [(one.code, one.line) for one in found.lines] == [("83036", "2"), ("99214", None)]
    assert found.diagnoses == ("E119",)


def test_what_a_person_added_took_away_or_changed_stays_so() -> None:
    kept = present()
    by_hand = line("36415", line="3", diagnoses=("Z0000",))
    changed = DraftLine(**{**vars_of(kept.lines[0]), "charge": Money(90_00), "facts": AGREED})
    sheet = Draft((*kept.diagnoses, "Z0000"), (changed, by_hand))
    after = coded(("I10", "E11.9"), ("99213", 1, (2,)), ("83036", 1, (2,)))
    found = recoded(sheet, BEFORE, after, plan(after))
    assert [one.code for one in found.lines] == ["99213", "36415"]
    assert found.lines[0] == changed
    assert found.diagnoses == ("I10", "E119", "Z0000")


def test_the_same_coding_again_changes_nothing() -> None:
    assert recoded(present(), BEFORE, BEFORE, plan(BEFORE)) == present()
