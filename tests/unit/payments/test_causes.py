"""Patterns of denials, provider adjustments' books, a bank's export."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from caresmith.errors import InvalidRequest
from caresmith.money import Money
from caresmith.records.revenue.denial import DenialFacts
from caresmith.records.revenue.ledger import Book
from functions.payments.deposits import read_csv
from functions.payments.patterns import rule_from_denials
from functions.payments.posting.carc import Cause, carc
from functions.payments.posting.plb import REASONS, deposit, journal
from functions.payments.posting.remedies import NAMES, STEPS, words_of


def denial(payer: str | None, code: str, reason: str, cents: int = 10_00, group: str = "CO") -> Any:
    item = SimpleNamespace(payer_id=payer, reasons=[[group, reason, cents]])
    return item, DenialFacts(code=code)


def test_codes_that_follow_each_other_are_one_range() -> None:
    told = [denial("p", code, "197") for code in ("99213", "99214", "99215", "20610")] * 3
    found = rule_from_denials(told)
    assert [(one.first_code, one.last_code, one.count) for one in found] == [
        ("20610", "20610", 3),
        ("99213", "99215", 9),
    ]
    assert found[0].origin == "denials"


def test_what_is_rare_short_or_of_no_known_payer_makes_no_rule() -> None:
    told = [denial("p", "99213", "197")] * 2
    told += [denial(None, "99213", "16")] * 5 + [denial("p", "99213", "SHORT", group="")] * 5
    assert rule_from_denials(told) == ()


@pytest.mark.parametrize("code", sorted(REASONS))
def test_each_provider_adjustment_balances_and_lowers_what_is_to_be_explained(code: str) -> None:
    made = journal(code, Money(12_34))
    assert made.total(Book.CLEARING) == Money(-12_34)
    assert made.total(REASONS[code].book) == Money(12_34)


def test_what_payers_carry_over_has_a_book_of_its_own() -> None:
    assert {code for code, one in REASONS.items() if one.book is Book.CARRIED} >= {
        "FB",
        "WO",
        "72",
        "AP",
    }
    assert journal("ZZ", Money(1)).total(Book.PROVIDER_LEVEL) == Money(1)


def test_a_payment_that_the_practice_owes_leaves_the_bank() -> None:
    assert deposit(Money(-5_00)).total(Book.BANK) == Money(-5_00)


def test_every_cause_has_a_name_and_a_next_step() -> None:
    assert set(STEPS) == set(NAMES) == set(Cause)
    assert words_of("CO", "29") == f"CO-29: {carc('29').words}"


def test_an_export_names_its_columns_in_many_ways() -> None:
    rows = read_csv('Posted Date,Memo,Credit,Ref\n3/2/2026,"Plan, Inc.","1,234.56",EFT1\n\n')
    [row] = rows
    assert (row.amount, row.reference, row.description) == (Money(1_234_56), "EFT1", "Plan, Inc.")
    assert row.day.isoformat() == "2026-03-02"


def test_an_export_without_amounts_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_csv("Date,Memo\n")
    assert "column Amount" in refused.value.fields[0].message
