"""RxNorm: the shipped list, a release that is taken in, and what is found by words."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from caresmith.codes import naming
from caresmith.codes.rxnorm import Drug, DrugKind, RxNorm, rxnorm
from caresmith.records.clinical.coding import RXNORM, Coding
from layers.codes import rxnorm as build
from scripts.referencetables import cli

RELEASED = date(2026, 11, 2)


def row(rxcui: str, tty: str, name: str, sab: str = "RXNORM", suppress: str = "N") -> str:
    """A line of RXNCONSO.RRF: 18 columns and the bar that ends each."""
    cells = [rxcui, "ENG", "", "", "", "", "", rxcui, rxcui, rxcui, "", sab, tty, rxcui, name]
    return "|".join([*cells, "", suppress, "4096", ""])


LINES = (
    row("317541", "DF", "Oral Tablet"),
    row("1540453", "DF", "Delayed Release Oral Tablet"),
    row("746839", "DF", "Pack"),
    row("10582", "IN", "levothyroxine"),
    row("966221", "SCD", "levothyroxine sodium 0.05 MG Oral Tablet"),
    row("966221", "PSN", "levothyroxine sodium 50 MCG Oral Tablet"),
    row("966221", "SCD", "Levothyroxin 50", sab="MTHSPL"),
    row("966247", "SBD", "levothyroxine sodium 0.05 MG Oral Tablet [Synthroid]"),
    row("966247", "SY", "Synthroid 50 MCG Oral Tablet"),
    row("900001", "SCD", "levothyroxine sodium 9 MG Oral Tablet", suppress="O"),
    row("314200", "SCD", "pantoprazole 40 MG Delayed Release Oral Tablet"),
    row("308136", "SCD", "amlodipine 2.5 MG / benazepril hydrochloride 10 MG Oral Tablet"),
    row(
        "748879",
        "BPCK",
        "{21 (ethinyl estradiol 0.03 MG / levonorgestrel 0.15 MG Oral Tablet) / "
        "7 (inert ingredients 1 MG Oral Tablet) } Pack [Levora 0.15/30 28 Day]",
    ),
)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """As NLM gives it out: a zip whose name tells the day."""
    file = tmp_path / "RxNorm_full_prescribe_11022026.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("rrf/RXNCONSO.RRF", "\n".join(LINES) + "\n")
        packed.writestr("rrf/RXNREL.RRF", "")
    return file


@pytest.fixture
def index(release: Path, tmp_path: Path) -> RxNorm:
    kept = tmp_path / "kept" / "rxnorm.tsv"
    build.keep(build.read(release), RELEASED, kept)
    build.build(tmp_path / "rxnorm.sqlite", kept)
    return RxNorm(tmp_path / "rxnorm.sqlite")


def codes(found: list[Drug]) -> list[str]:
    return [drug.rxcui for drug in found]


def test_a_release_says_its_day_and_has_what_can_be_prescribed(index: RxNorm) -> None:
    assert index.release.released == RELEASED
    assert "Current Prescribable Content" in index.release.title
    assert index.find("966221") == Drug(
        "966221",
        DrugKind.CLINICAL,
        "levothyroxine sodium 0.05 MG Oral Tablet",
        ("levothyroxine sodium",),
        "Oral Tablet",
        None,
    )
    assert index.find("10582") is None, "an ingredient is not prescribed"
    assert index.find("900001") is None, "suppressed"


def test_a_generic_drug_comes_before_its_brand_which_is_found_by_its_name(index: RxNorm) -> None:
    assert codes(index.search("levothyroxine")) == ["966221", "966247"]
    [branded] = index.search("synthroid 50 mcg")
    assert (branded.brand, branded.kind) == ("Synthroid", DrugKind.BRANDED)


@pytest.mark.parametrize(
    "text", ["levo 50 mcg", "levo 50mcg", "levo 50 µg", "0.05 mg levo", "966221"]
)
def test_a_strength_is_found_in_whatever_unit_it_is_typed(index: RxNorm, text: str) -> None:
    assert codes(index.search(text))[0] == "966221"


def test_the_longest_dose_form_counts(index: RxNorm) -> None:
    found = index.find("314200")
    assert found is not None
    assert (found.form, found.ingredients) == ("Delayed Release Oral Tablet", ("pantoprazole",))


def test_a_pack_has_the_ingredients_of_its_tablets(index: RxNorm) -> None:
    [pack] = index.search("levora")
    assert pack.kind is DrugKind.BRANDED_PACK
    assert pack.ingredients == ("ethinyl estradiol", "levonorgestrel")
    assert pack.form == "Pack"


@pytest.mark.parametrize("text", ["", "  ", "zebra", '"', "*", "of and", "levothyroxine NOT"])
def test_whatever_is_typed_finds_nothing_or_what_has_the_words(index: RxNorm, text: str) -> None:
    assert index.search(text) == []


@pytest.mark.parametrize("text", ["levothyroxine )", '"levothyroxine" *', "LEVOTHYROXINE;--"])
def test_signs_are_no_part_of_what_is_looked_for(index: RxNorm, text: str) -> None:
    assert codes(index.search(text)) == ["966221", "966247"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no drug"),
        ("nonsense\n", "line 1"),
        (LINES[4] + "\n1|2|3\n", "line 2"),
        (row("1", "IN", "aspirin"), "no drug"),
        (row("7", "SCD", "drug 1 MG Oral Tablet", sab="MMSL"), "no drug"),
    ],
)
def test_another_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(build.NotARelease, match=said):
        build.parse(text.splitlines())


def test_a_zip_without_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("readme.txt", "nothing")
    with pytest.raises(build.NotARelease, match="has 0 files"):
        build.read(file)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The command's place for releases, elsewhere for the test."""
    place = tmp_path / "layer" / "rxnorm.tsv"
    monkeypatch.setattr(build, "KEPT", place)
    monkeypatch.setattr(build.keep, "__defaults__", (place,))
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    return place


def test_the_command_keeps_a_release_by_the_day_that_its_name_tells(
    release: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["rxnorm", str(release)]) == 0
    assert "5 drugs of the release of 2026-11-02" in capsys.readouterr().out
    assert kept.read_text().splitlines()[0] == "2026-11-02"


def test_the_command_refuses_without_a_day_and_changes_nothing(
    tmp_path: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = tmp_path / "RXNCONSO.RRF"
    plain.write_text("\n".join(LINES))
    assert cli.main(["rxnorm", str(plain)]) == 1
    assert "--released" in capsys.readouterr().err
    plain.write_text("nonsense")
    assert cli.main(["rxnorm", str(plain), "--released", "2026-11-02"]) == 1
    assert "line 1" in capsys.readouterr().err
    assert cli.main(["rxnorm", str(tmp_path / "absent.zip"), "--released", "2026-11-02"]) == 1
    assert not kept.exists()


# -- the short list ------------------------------------------------------------------------


def test_the_short_list_names_a_source_of_every_pair_and_has_each_code_once() -> None:
    told = json.loads(build.SHORT_LIST.read_text("utf-8"))
    drugs = told["drugs"]
    assert (
        len({rxcui for rxcui, _, _ in drugs}) == len({name for _, name, _ in drugs}) == len(drugs)
    )
    for rxcui, name, source in drugs:
        Coding(system=RXNORM, code=rxcui)
        assert source in told["sources"], name
        assert naming.ingredients(name), name
        assert naming.dose_form(name), name


@pytest.mark.parametrize(
    ("words", "rxcui"),
    [
        ("lisinopril 10", "314076"),
        ("levothyroxine 75 mcg", "966222"),
        ("omeprazole 20", "198051"),
        ("ibuprofen 600", "197806"),
        ("naproxen 500", "198014"),
        ("amox 875", "308194"),
        ("hctz 25", "310798"),
        ("metformin er 500", "860975"),
        ("sertraline 50", "312941"),
        ("albuterol inhaler", "745679"),
    ],
)
def test_what_practices_prescribe_every_day_is_found_first(words: str, rxcui: str) -> None:
    assert codes(rxnorm().search(words, limit=1)) == [rxcui]


def test_the_short_list_says_that_it_is_one() -> None:
    assert rxnorm().release.released is None
    assert "short list" in rxnorm().release.title


def test_a_large_release_opens_in_milliseconds(tmp_path: Path) -> None:
    many = [
        row(str(1_000_000 + n), "SCD", f"drug{n % 900} salt {n / 100} MG Oral Tablet")
        for n in range(20_000)
    ]
    kept = tmp_path / "rxnorm.tsv"
    build.keep(build.parse([LINES[0], *many]), RELEASED, kept)
    build.build(tmp_path / "rxnorm.sqlite", kept)
    begun = time.perf_counter()
    index = RxNorm(tmp_path / "rxnorm.sqlite")
    opened = time.perf_counter() - begun
    assert index.search("drug7")
    # Milliseconds; what is asserted leaves room for a machine under load.
    assert opened < 0.25
