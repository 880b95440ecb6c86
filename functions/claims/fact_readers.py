"""How what is typed of a claim's own facts is read; each raises ValueError with a sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from pydantic import JsonValue

from caresmith.money import Money
from functions.claims.drafting.wire import sentence

Reader = Callable[[str], JsonValue]


def a_date(text: str) -> JsonValue:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("is no date") from None


def a_number(text: str) -> JsonValue:
    if not re.fullmatch(r"[!-)+-9;-\]_-}][ -)+-9;-\]_-}]{0,49}", text):
        raise ValueError("has at most 50 plain letters and digits, without * ^ : ~")
    return text


def an_amount(text: str) -> JsonValue:
    amount = Money.parse(text)
    if amount.cents < 0:
        raise ValueError("is not negative")
    return amount.cents


def a_note(text: str) -> JsonValue:
    return {"kind": "ADD", "text": sentence(text)}


def one_of(*codes: str) -> Reader:
    def read(text: str) -> JsonValue:
        if text not in codes:
            raise ValueError("is not one of the choices")
        return text

    return read


def a_flag(text: str) -> JsonValue:
    return text == "true"


def codes(form: str, most: int, said: str) -> Reader:
    def read(text: str) -> JsonValue:
        found = text.upper().replace(",", " ").split()
        if len(found) > most or any(not re.fullmatch(form, one) for one in found):
            raise ValueError(said)
        once: list[JsonValue] = list(dict.fromkeys(found))
        return once

    return read


def a_percent(text: str) -> JsonValue:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text) or float(text) > 100:  # noqa: PLR2004
        raise ValueError("is a percentage, like 12.5")
    return text


def a_sentence(text: str) -> JsonValue:
    return sentence(text)
