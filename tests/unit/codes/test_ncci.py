"""CMS's quarterly files of coding edits, read and kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from caresmith.codes.ncci import Adjudication, Indicator, Ncci, Pair, UnitLimit
from layers.codes import ncci
from scripts.referencetables import cli

DAY = date(2026, 7, 1)

# The form of CMS's file: a notice, a header over several lines, tabs, and CRLF.
PTP = (
    "CPT only copyright American Medical Association. All rights reserved.\r\n"
    "Column1/Column2 Edits\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\r\n"
    "45385\t45380\t\t20020101\t*\t1\tMore extensive procedure\r\n"
    "93000\t93005\t*\t19960101\t*\t0\tStandards\r\n"
    "11042\t11720\t\t20200101\t20260630\t1\tMisuse\r\n"
    "97530\t97116\t\t20200101\t20200101\t9\tDeleted as it began\r\n"
)
MUE = """"CPT only copyright American Medical Association.
All rights reserved.",,,
"HCPCS/
CPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale
45385,1,2 Date of Service Edit: Policy,Nature of Service/Procedure
97110,6,3 Date of Service Edit: Clinical,Clinical: Data
A0425,250,1 Line Edit,Clinical: Data
"""
RVU = """2026 National Physician Fee Schedule Relative Value File,,,,
,,,CONV,
HCPCS,MOD,DESCRIPTION,STATUS CODE,GLOB DAYS
27447,,words,A,090
93000,26,words,A,XXX
93000,,words,A,XXX
note,,,,
"""


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Empty tables beside the shipped samples."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for sample in ncci.TABLES.glob("sample-*"):
        (folder / sample.name).write_text(sample.read_text())
    return folder


def index(tables: Path) -> Ncci:
    target = tables.parent / "ncci.sqlite"
    ncci.build(target, tables)
    return Ncci(target)


def test_the_shipped_sample_is_told_to_be_one(tables: Path) -> None:
    one = index(tables)
    assert not one.whole("ptp")
    assert not one.whole("mue")
    assert one.pair("93000", "93005", DAY) == Pair("93000", "93005", Indicator.NEVER)
    assert one.pair("93005", "93000", DAY) is None
    assert one.limit("99213", DAY) == UnitLimit(2, Adjudication.DAY_BY_CLINICAL_DATA)
    assert one.global_days("27447") == "090"
    assert one.global_days("00000") is None


def test_a_quarters_pairs_replace_the_sample(tables: Path) -> None:
    assert ncci.keep_ptp(ncci.parse_ptp(PTP.splitlines()), tables) == 4
    one = index(tables)
    assert one.whole("ptp")
    assert one.pair("45385", "45380", DAY) == Pair("45385", "45380", Indicator.WITH_MODIFIER)
    assert one.pair("20610", "99213", DAY) is None


def test_a_pair_holds_from_its_first_to_its_last_day(tables: Path) -> None:
    ncci.keep_ptp(ncci.parse_ptp(PTP.splitlines()), tables)
    one = index(tables)
    assert one.pair("11042", "11720", date(2019, 12, 31)) is None
    assert one.pair("11042", "11720", date(2020, 1, 1))
    assert one.pair("11042", "11720", date(2026, 6, 30))
    assert one.pair("11042", "11720", date(2026, 7, 1)) is None


def test_a_pair_may_have_several_spans(tables: Path) -> None:
    lines = [
        "45385\t45380\t\t20020101\t20051231\t0\tx",
        "45385\t45380\t\t20060101\t*\t1\tx",
    ]
    ncci.keep_ptp(ncci.parse_ptp(lines), tables)
    one = index(tables)
    before = one.pair("45385", "45380", date(2005, 12, 31))
    after = one.pair("45385", "45380", date(2006, 1, 1))
    assert before == Pair("45385", "45380", Indicator.NEVER)
    assert after == Pair("45385", "45380", Indicator.WITH_MODIFIER)


def test_limits_change_with_the_quarter(tables: Path) -> None:
    rows = list(ncci.parse_mue(MUE.splitlines(keepends=True)))
    assert [row.adjudication for row in rows] == [2, 3, 1]
    ncci.keep_mue(rows, date(2026, 1, 1), tables)
    ncci.keep_mue([ncci.MueRow("97110", 8, 3)], date(2026, 7, 1), tables)
    one = index(tables)
    assert one.whole("mue")
    assert one.limit("97110", date(2026, 6, 30)) == UnitLimit(6, Adjudication(3))
    assert one.limit("97110", date(2026, 7, 1)) == UnitLimit(8, Adjudication(3))
    assert one.limit("97110", date(2020, 1, 1)) == UnitLimit(6, Adjudication(3))
    assert one.limit("A0425", date(2026, 7, 1)) is None


def test_days_of_aftercare_come_from_the_relative_value_file(tables: Path) -> None:
    days = ncci.parse_global_days(RVU.splitlines())
    assert days == {"27447": "090", "93000": "XXX"}
    ncci.keep_global_days(days, tables)
    assert index(tables).global_days("27447") == "090"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PTP + "45385\t45380\t\t20021301\t*\t1\tx", "line 9"),
        (PTP + "45385,45380,,20020101,*,1,x", "line 9"),
        (PTP + "45385\t45380\t\t20020101\t*\t7\tx", "line 9"),
        ("", "no PTP edits"),
        (MUE, "no PTP edits"),
    ],
)
def test_a_file_of_another_form_is_refused(text: str, words: str) -> None:
    with pytest.raises(ncci.NotAnNcciFile, match=words):
        list(ncci.parse_ptp(text.splitlines()))


@pytest.mark.parametrize(
    ("text", "words"),
    [(MUE + "97110,six,3 x,x\n", "row 6"), (MUE + "97110,6,4 x,x\n", "row 6"), (PTP, "no MUEs")],
)
def test_a_table_of_units_of_another_form_is_refused(text: str, words: str) -> None:
    with pytest.raises(ncci.NotAnNcciFile, match=words):
        list(ncci.parse_mue(text.splitlines(keepends=True)))


def test_a_relative_value_file_of_another_form_is_refused() -> None:
    with pytest.raises(ncci.NotAnNcciFile, match="no columns"):
        ncci.parse_global_days(["a,b"])
    with pytest.raises(ncci.NotAnNcciFile, match="27447"):
        ncci.parse_global_days(["HCPCS,GLOB DAYS", "27447,91"])


def test_the_command_takes_a_file_in_whole_or_changes_nothing(
    tables: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "ROOT", tables.parent)
    monkeypatch.setattr(ncci, "TABLES", tables)
    for keep in (ncci.keep_ptp, ncci.keep_mue, ncci.keep_global_days):
        monkeypatch.setattr(keep, "__defaults__", (tables,))
    file = tables.parent / "ccipra.txt"
    file.write_text(PTP + "nonsense\tx")
    assert cli.main(["ncci-ptp", str(file)]) == 1
    assert "Nothing was changed" in capsys.readouterr().err
    assert not (tables / ncci.PTP).exists()
    file.write_text(PTP)
    assert cli.main(["ncci-ptp", str(file)]) == 0
    assert "4 rows" in capsys.readouterr().out
    file.write_text(MUE)
    assert cli.main(["ncci-mue", str(file), "--first", "2026-07-01"]) == 0
    file.write_text(RVU)
    assert cli.main(["global-days", str(file)]) == 0
    one = index(tables)
    assert all(one.whole(table) for table in ("ptp", "mue", "global"))


def test_without_the_layer_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="scripts/setup"):
        Ncci(tmp_path / "ncci.sqlite")
