"""The sample's codes and fees: whole, priced, and in words of its own."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from caresmith.records.revenue.fee_rules import chain, per_unit, turns_in_a_circle
from caresmith.records.revenue.price_lists import set_of
from functions.charges.code_lists import _FORMS
from scripts.bootstrap.paths import ROOT
from scripts.sample_practice.payers import PAYERS
from scripts.sample_practice.tariff import BOOK, FAVOURITES, SOLD, USUAL, schedules

DAY = date(2026, 3, 6)
CODING = ROOT / "scripts" / "sample_practice" / "clinical" / "coding.py"


def test_each_code_is_of_its_set_and_stands_once_with_words() -> None:
    codes = [one.code for one in SOLD]
    assert len(set(codes)) == len(codes)
    for one in SOLD:
        assert _FORMS[set_of(one.code)].fullmatch(one.code), one
        assert 5 <= len(one.words) <= 60, one


def test_whatever_a_visit_is_coded_as_is_in_the_list() -> None:
    coded = set(re.findall(r'"([0-9G][0-9]{4})"', Path(CODING).read_text()))
    assert len(coded) > 10
    assert {code for code in coded if BOOK.validity(code, DAY) != "valid"} == set()


def test_favourites_have_codes_of_the_list() -> None:
    for facts in FAVOURITES.values():
        for line in facts.lines:
            assert BOOK.words_of(line.code), line


def test_every_payer_allows_less_than_is_charged() -> None:
    found = schedules(DAY)
    known, rows = [one for one, _ in found], {one.schedule_id: r for one, r in found}
    assert not turns_in_a_circle([one.facts for one in known])
    assert not any(
        one.facts.overlaps(other.facts) for one in known for other in known if one is not other
    )
    compared = 0
    for payer, _ in PAYERS.values():
        for one in SOLD:
            allowed = per_unit(chain(known, payer, DAY), rows, one.code, (), facility=False)
            if allowed is not None and one.charge is not None:
                assert allowed.cents < one.charge, (one, payer)
                compared += 1
    assert compared > 300


def test_what_visits_usually_bring_has_a_price() -> None:
    priced = {one.code for one in SOLD if one.charge is not None}
    assert {service.code for usual in USUAL for service in usual.services} <= priced
