"""Other releases than the one that comes with the package."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from caresmith.codes.icd10cm import Icd10cm, Validity
from layers.codes import build


# The form of CMS's order files: number, code, billable, short and long title.
def _line(number: int, code: str, billable: bool, title: str) -> str:
    return f"{number:05} {code:<7} {int(billable)} {title[:60]:<60} {title}"


def _file(*codes: tuple[str, bool, str]) -> str:
    return "\n".join(_line(n, *code) for n, code in enumerate(codes, 1)) + "\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Icd10cm:
    """A release before and one after: A00.1 is new with April 2026, A00.0 ends in October."""
    folder = tmp_path_factory.mktemp("icd")
    releases = folder / "releases"
    releases.mkdir()
    (releases / "2025-10-01.txt").write_text(
        _file(("A00", False, "Cholera"), ("A000", True, "Cholera due to Vibrio cholerae"))
    )
    (releases / "2026-10-01.txt").write_text(
        _file(
            ("A00", False, "Cholera"),
            ("A001", True, "Cholera of the new kind"),
            ("A0012", True, "Cholera that nobody had before"),
        )
    )
    build.build(folder / "icd10cm.sqlite", releases)
    return Icd10cm(folder / "icd10cm.sqlite")


def test_a_code_of_all_releases_but_the_last_ends_with_the_fiscal_year(index: Icd10cm) -> None:
    assert index.validity("A00.0", date(2026, 9, 30)) is Validity.VALID
    assert index.validity("A00.0", date(2026, 10, 1)) is Validity.ENDED


def test_a_code_that_the_earliest_release_lacks_begins_with_its_own(index: Icd10cm) -> None:
    assert index.validity("A00.1", date(2026, 3, 31)) is Validity.NOT_YET
    assert index.validity("A00.1", date(2026, 4, 1)) is Validity.VALID


def test_a_new_code_is_found_by_its_title_and_below_its_category(index: Icd10cm) -> None:
    found = index.search("cholera nobody", on=date(2026, 10, 1))
    assert [each.code for each in found] == ["A00.12"]
    assert index.search("cholera nobody", on=date(2026, 9, 30)) == []
    assert "A00.12" in [each.code for each in index.below("A00.1")]


def test_the_newest_title_counts(index: Icd10cm) -> None:
    found = index.find("A00.1")
    assert found is not None
    assert found.title == "Cholera of the new kind"


def test_the_days_of_each_release_are_known(index: Icd10cm) -> None:
    assert index.knows(date(2025, 10, 1))
    assert index.knows(date(2027, 9, 30))
    assert not index.knows(date(2025, 9, 30))
    assert not index.knows(date(2027, 10, 1))


@pytest.mark.parametrize("text", ["", "nonsense\n", "00001 A00 maybe\n"])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(build.NotAnOrderFile):
        build.parse_order_file(text)


def test_a_wrong_line_is_named() -> None:
    with pytest.raises(build.NotAnOrderFile, match="line 2"):
        build.parse_order_file(_line(1, "A00", False, "Cholera") + "\nA00 Cholera\n")


@pytest.mark.parametrize(
    ("note", "ranges"),
    [
        ("type 1 diabetes mellitus (E10.-)", [("E10", "E10")]),
        ("gestational diabetes (O24.4-)", [("O24.4", "O24.4")]),
        ("hypertension in pregnancy (O10-O11, O13-O16)", [("O10", "O11"), ("O13", "O16")]),
        ("neonatal diabetes mellitus (P70.2)", [("P70.2", "P70.2")]),
        ("infections (bacterial) of the skin (L00-L08)", [("L00", "L08")]),
        ("nothing that is named", []),
    ],
)
def test_what_an_excludes_note_names(note: str, ranges: list[tuple[str, str]]) -> None:
    assert list(build.exclusions(note)) == ranges


def test_the_index_is_absent_where_nobody_built_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="scripts/setup"):
        Icd10cm(tmp_path / "icd10cm.sqlite")
