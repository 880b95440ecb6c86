"""Messages as a laboratory writes them, for trying out the intake."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Person:
    """Whose results they are."""

    mrn: str
    family: str
    given: str
    birth_date: str
    """yyyymmdd"""
    sex: str = "U"


@dataclass(frozen=True)
class Value:
    code: str
    name: str
    value: str
    unit: str = ""
    kind: str = "NM"
    reference: str = ""
    flag: str = ""
    status: str = "F"
    sub_id: str = ""
    system: str = "LN"
    note: str = ""


@dataclass(frozen=True)
class Result:
    """One OBR with its values."""

    filler: str
    values: Sequence[Value]
    code: str = "24323-8"
    name: str = "Comprehensive metabolic 2000 panel"
    status: str = "F"
    placer: str = ""
    collected: datetime = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
    reported: datetime = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    orderer: str = ""
    section: str = ""
    note: str = ""


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")


def oru(
    person: Person,
    *results: Result,
    control: str,
    sent: datetime | None = None,
    authority: str = "",
    charset: str = "UNICODE UTF-8",
    version: str = "2.5.1",
) -> bytes:
    """An ORU^R01 of one patient."""
    lines = [
        (
            f"MSH|^~\\&|LIS|LAB|EHR|PRACTICE|{stamp(sent or results[0].reported)}||"
            f"ORU^R01^ORU_R01|{control}|P|{version}||||||{charset}"
        ),
        (
            f"PID|1||{person.mrn}^^^{authority}^MR||{person.family}^{person.given}||"
            f"{person.birth_date}|{person.sex}"
        ),
    ]
    for number, result in enumerate(results, start=1):
        lines += _result(number, result)
    encoding = "latin-1" if charset == "8859/1" else "utf-8"
    return ("\r".join(lines) + "\r").encode(encoding)


def _result(number: int, result: Result) -> list[str]:
    orderer = f"{result.orderer}^SMITH^ANN^^^^^^NPI" if result.orderer else ""
    obr = [""] * 26
    obr[1:5] = str(number), result.placer, result.filler, f"{result.code}^{result.name}^LN"
    obr[7], obr[16], obr[22] = stamp(result.collected), orderer, stamp(result.reported)
    obr[24], obr[25] = result.section, result.status
    lines = [f"ORC|RE|{result.placer}|{result.filler}", "OBR|" + "|".join(obr[1:])]
    if result.note:
        lines.append(f"NTE|1|L|{result.note}")
    for place, value in enumerate(result.values, start=1):
        unit = f"{value.unit}^{value.unit}^UCUM" if value.unit else ""
        lines.append(
            f"OBX|{place}|{value.kind}|{value.code}^{value.name}^{value.system}|{value.sub_id}|"
            f"{value.value}|{unit}|{value.reference}|{value.flag}|||{value.status}|||"
            f"{stamp(result.collected)}"
        )
        if value.note:
            lines.append(f"NTE|1|L|{value.note}")
    return lines


def batch(messages: Sequence[bytes], said: int | None = None) -> bytes:
    """A file with one batch; ``said`` is the number that its trailer gives."""
    count = len(messages) if said is None else said
    head = b"FHS|^~\\&|LIS|LAB\rBHS|^~\\&|LIS|LAB\r"
    return head + b"".join(messages) + b"BTS|%d\rFTS|1\r" % count


@dataclass(frozen=True)
class _Test:
    code: str
    name: str
    unit: str
    low: float
    high: float
    spread: float = field(default=0.35)


_TESTS = (
    _Test("2345-7", "Glucose", "mg/dL", 70, 99),
    _Test("2160-0", "Creatinine", "mg/dL", 0.6, 1.3),
    _Test("2951-2", "Sodium", "mmol/L", 136, 145, 0.1),
    _Test("2823-3", "Potassium", "mmol/L", 3.5, 5.1, 0.3),
    _Test("17861-6", "Calcium", "mg/dL", 8.6, 10.3, 0.2),
    _Test("1742-6", "ALT", "U/L", 7, 56, 0.8),
)


def stream(people: Sequence[Person], count: int, seed: int = 1) -> Iterator[bytes]:
    """Many messages, one by one: panels of these people over the years, the same for a seed."""
    dice = random.Random(seed)
    day = datetime(2020, 1, 2, 13, tzinfo=UTC)
    for number in range(count):
        at = day + timedelta(hours=5 * number)
        values = [_value(test, dice) for test in _TESTS]
        result = Result(
            filler=f"SIM{number:07}", values=values, collected=at, reported=at + timedelta(hours=4)
        )
        yield oru(people[number % len(people)], result, control=f"SIM{seed}-{number}")


def _value(test: _Test, dice: random.Random) -> Value:
    middle, width = (test.low + test.high) / 2, test.high - test.low
    value = max(0.1, dice.gauss(middle, width * (0.5 + test.spread)))
    flag = "L" if value < test.low else "H" if value > test.high else "N"
    return Value(
        test.code,
        test.name,
        f"{value:.1f}",
        test.unit,
        reference=f"{test.low}-{test.high}",
        flag=flag,
    )
