"""LOINC: the shipped codes, a table that is taken in, and what is found by words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caresmith.codes.loinc import LabTest, Loinc, loinc
from caresmith.records.clinical.coding import LOINC, Coding
from layers.codes import loinc as build
from scripts.referencetables import cli

HEAD = (
    '"LOINC_NUM","COMPONENT","PROPERTY","TIME_ASPCT","SYSTEM","SCALE_TYP","METHOD_TYP","CLASS",'
    '"CLASSTYPE","LONG_COMMON_NAME","SHORTNAME","EXTERNAL_COPYRIGHT_NOTICE","STATUS",'
    '"VersionFirstReleased","VersionLastChanged"'
)


def row(
    code: str,
    name: str,
    *,
    system: str = "Ser/Plas",
    method: str = "",
    kind: str = "1",
    status: str = "ACTIVE",
    notice: str = "",
) -> str:
    cells = (
        code,
        name.split("[", maxsplit=1)[0].strip(),
        "MCnc",
        "Pt",
        system,
        "Qn",
        method,
        "CHEM",
        kind,
    )
    return ",".join(f'"{cell}"' for cell in (*cells, name, "", notice, status, "1.0", "2.78"))


# Codes that the project uses, under names of our own.
TABLE = "\n".join(
    (
        HEAD,
        row("2345-7", "Sugar [Mass/volume] in the usual place"),
        row("1504-0", "Sugar [Mass/volume] an hour after", method="Method"),
        row("3016-3", "Thyrotropin [Units/volume] somewhere", notice="Copyright of somebody."),
        row("8480-6", "Pressure, no laboratory", kind="2"),
        row("718-7", "Old thing", status="DEPRECATED"),
    )
)


@pytest.fixture
def index(tmp_path: Path) -> Loinc:
    kept = tmp_path / "loinc.tsv"
    build.keep(build.parse(TABLE.splitlines()), "2.81", kept)
    build.build(tmp_path / "loinc.sqlite", kept)
    return Loinc(tmp_path / "loinc.sqlite")


def test_laboratory_tests_in_use_are_taken_with_the_notice_that_goes_with_them(
    index: Loinc,
) -> None:
    assert index.version.version == "2.81"
    assert index.find("8480-6") is None
    assert index.find("718-7") is None
    found = index.find("3016-3")
    assert found == LabTest(
        "3016-3", "Thyrotropin [Units/volume] somewhere", "Copyright of somebody."
    )


def test_words_find_the_test_without_a_method_first_and_abbreviations_count(index: Loinc) -> None:
    assert [test.code for test in index.search("sugar")] == ["2345-7", "1504-0"]
    assert [test.code for test in index.search("tsh")] == ["3016-3"]
    assert [test.code for test in index.search("3016-3")] == ["3016-3"]
    assert index.search("3016-4") == index.search("zebra") == index.search(' " ') == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks the column LOINC_NUM"),
        ("a,b\n1,2", "lacks the column"),
        (HEAD, "no laboratory test"),
        (f"{HEAD}\n{row('2345-8', 'Sugar')}", "line 2: '2345-8'"),
    ],
)
def test_another_table_is_refused(text: str, said: str) -> None:
    with pytest.raises(build.NotALoincTable, match=said):
        build.parse(text.splitlines())


def test_the_command_keeps_a_table_and_refuses_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "layer" / "loinc.tsv"
    monkeypatch.setattr(build, "KEPT", kept)
    monkeypatch.setattr(build.keep, "__defaults__", (kept,))
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    file = tmp_path / "LoincTableCore.csv"
    file.write_text("nonsense")
    assert cli.main(["loinc", str(file), "--version", "2.81"]) == 1
    assert "Nothing was changed" in capsys.readouterr().err
    assert not kept.exists()
    # With the mark that the real file begins with.
    file.write_text("\ufeff" + TABLE, "utf-8")
    assert cli.main(["loinc", str(file), "--version", "2.81"]) == 0
    assert "3 laboratory tests of LOINC 2.81" in capsys.readouterr().out
    assert kept.read_text("utf-8").startswith("2.81\n")


# -- the short list ------------------------------------------------------------------------


def test_the_shipped_codes_are_codes_and_the_list_says_that_it_is_short() -> None:
    for code, _, _ in json.loads(build.SHORT_LIST.read_text("utf-8"))["tests"]:
        Coding(system=LOINC, code=code)
    assert loinc().version.version is None
    assert "short list" in loinc().version.title


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("a1c", "4548-4"),
        ("cbc", "58410-2"),
        ("tsh", "3016-3"),
        ("lipid", "24331-1"),
        ("bun", "3094-0"),
    ],
)
def test_what_practices_order_every_day_is_found_first(words: str, code: str) -> None:
    assert [test.code for test in loinc().search(words, limit=1)] == [code]
