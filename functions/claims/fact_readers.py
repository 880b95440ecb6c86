"""How what is typed of a claim's own facts is read; each raises ValueError with a sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from pydantic import JsonValue

from caresmith.money import Money
from caresmith.x12.values import Quantity
from functions.claims.drafting.wire import phone_digits, sentence, wire

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


def a_quantity(text: str) -> JsonValue:
    """As a draft's JSON has it."""
    if not re.fullmatch(r"\d{1,8}(\.\d{1,3})?", text):
        raise ValueError("is a number, like 150 or 150.5")
    return {"thousandths": Quantity.parse(text).thousandths}


def shown_quantity(value: JsonValue) -> str:
    """As it was typed."""
    return str(Quantity(int(str(value["thousandths"])))) if isinstance(value, dict) else ""


def a_phone(text: str) -> JsonValue:
    digits = phone_digits(text)
    if not digits:
        raise ValueError("is a telephone number in the USA, of ten digits")
    return digits


def an_extension(text: str) -> JsonValue:
    if not re.fullmatch(r"\d{1,8}", text):
        raise ValueError("has digits alone, eight at most")
    return text


def a_name(text: str) -> JsonValue:
    return wire(text)


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


def a_version(text: str) -> JsonValue:
    if len(text) > 30:  # noqa: PLR2004 - CN106
        raise ValueError("has 30 characters at most")
    return a_number(text)
