"""What the sample practice charges: codes with words of its own, amounts, favourites.

A practice loads CPT under its own licence. Here stand some sixty codes by number; what
is said of each is this project's, in general terms, and no descriptor of the AMA's.
Amounts are invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from caresmith.ids import FavouriteId, FeeScheduleId
from caresmith.money import Money
from caresmith.records.revenue.fee_rules import FeeRow, Percent, Schedule, ScheduleFacts
from caresmith.records.revenue.price_lists import set_of
from functions.accounts.settings import UsualService, UsualServices
from functions.charges.code_lists import CodeBook, CodeList, ListedCode
from functions.charges.models import FavouriteFacts, FavouriteLine
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.offerings import TYPES
from scripts.sample_practice.payers import PAYERS

_ids: Final = Dice("tariff")


@dataclass(frozen=True)
class Sold:
    """A code with our words, the standard charge and what Medicare allows, in cents."""

    code: str
    words: str
    charge: int | None
    """None: the practice has set no price yet."""
    medicare: int | None = None
    facility: int | None = None
    """What Medicare allows in a facility, where that is another amount."""


SOLD: Final = (
    Sold("99202", "Office visit, new, straightforward", 130_00, 69_35, 44_80),
    Sold("99203", "Office visit, new, low complexity", 190_00, 106_10, 77_25),
    Sold("99204", "Office visit, new, moderate complexity", 285_00, 158_90, 126_30),
    Sold("99205", "Office visit, new, high complexity", 375_00, 209_75, 170_40),
    Sold("99211", "Nurse visit, established", 45_00, 22_65, 8_60),
    Sold("99212", "Office visit, established, straightforward", 90_00, 54_20, 33_75),
    Sold("99213", "Office visit, established, low complexity", 150_00, 88_40, 63_90),
    Sold("99214", "Office visit, established, moderate complexity", 215_00, 125_15, 94_70),
    Sold("99215", "Office visit, established, high complexity", 300_00, 175_85, 138_90),
    Sold("99381", "Check-up, new, infant", 190_00),
    Sold("99382", "Check-up, new, small child", 200_00),
    Sold("99383", "Check-up, new, school child", 205_00),
    Sold("99384", "Check-up, new, teenager", 230_00),
    Sold("99385", "Check-up, new, younger adult", 225_00),
    Sold("99386", "Check-up, new, adult", 260_00),
    Sold("99391", "Check-up, established, infant", 170_00),
    Sold("99392", "Check-up, established, small child", 180_00),
    Sold("99393", "Check-up, established, school child", 180_00),
    Sold("99394", "Check-up, established, teenager", 195_00),
    Sold("99395", "Check-up, established, younger adult", 200_00),
    Sold("99396", "Check-up, established, adult", 215_00),
    Sold("99397", "Check-up, established, senior", 230_00),
    Sold("99406", "Talk about giving up smoking, short", 30_00, 14_20, 11_55),
    Sold("99495", "Care after a hospital stay, moderate", 310_00, 197_40, 130_10),
    Sold("99490", "Care of long-term illness, a month", 105_00, 59_80, 48_25),
    Sold("90471", "Giving a vaccine, the first", 40_00, 19_70),
    Sold("90472", "Giving a vaccine, each further", 25_00, 13_15),
    Sold("96372", "Injection under the skin or into a muscle", 40_00, 14_10),
    Sold("36415", "Drawing blood from a vein", 15_00, 8_83),
    Sold("81002", "Urine dipstick, read by eye", 12_00, 3_48),
    Sold("81025", "Urine pregnancy test", 25_00, 8_61),
    Sold("82947", "Blood sugar", 15_00, 3_93),
    Sold("82962", "Blood sugar by a home meter", 12_00, 3_28),
    Sold("83036", "Long-term blood sugar", 40_00, 9_71),
    Sold("80048", "Basic metabolic panel", 40_00, 8_46),
    Sold("80053", "Comprehensive metabolic panel", 50_00, 10_56),
    Sold("80061", "Blood fats panel", 55_00, 13_39),
    Sold("84443", "Thyroid hormone level", 60_00, 16_80),
    Sold("85025", "Blood count with white cells told apart", 35_00, 7_77),
    Sold("85610", "Clotting time", 20_00, 4_29),
    Sold("87804", "Influenza test, quick", 45_00, 16_55),
    Sold("87880", "Strep throat test, quick", 45_00, 16_53),
    Sold("93000", "Heart tracing with reading", 65_00, 14_75),
    Sold("94010", "Breathing test", 80_00, 26_35),
    Sold("94640", "Breathing treatment", 40_00, 9_85),
    Sold("71046", "Chest X-ray, two sides", 90_00, 33_40),
    Sold("76801", "Pregnancy ultrasound, early", 290_00, 118_60),
    Sold("76805", "Pregnancy ultrasound, later", 330_00, 135_20),
    Sold("76830", "Pelvic ultrasound, from inside", 290_00, 117_90),
    Sold("11102", "Skin sample, shaved off, the first", 230_00, 98_75, 36_20),
    Sold("11402", "Cutting out a harmless spot of skin", 360_00, 165_30, 108_45),
    Sold("17000", "Freezing off a spot, the first", 150_00, 62_85, 50_10),
    Sold("17110", "Treating warts", 230_00, 110_45, 71_20),
    Sold("20610", "Injecting a large joint", 190_00, 63_05, 47_35),
    Sold("69210", "Clearing the ear of hard wax", 100_00, 46_80, 32_90),
    Sold("96910", "Light treatment of the skin", 250_00, 105_75),
    Sold("97802", "Nutrition advice, the first quarter hour", 65_00, 36_15, 33_40),
    Sold("97803", "Nutrition advice, a further quarter hour", 60_00, 31_25, 28_60),
    Sold("G0101", "Medicare: breast and pelvic examination", 80_00, 39_45, 28_10),
    # The class has no price yet, so that its sheets wait for one.
    Sold("G0109", "Diabetes class, half an hour each", None, 15_60),
    Sold("G0438", "Medicare wellness visit, the first", 300_00, 166_20),
    Sold("G0439", "Medicare wellness visit, each year", 230_00, 131_55),
    Sold("J1885", "Ketorolac, each 15 mg", 5_00, 46),
    Sold("J3420", "Vitamin B12, up to 1000 mcg", 12_00, 2_94),
)

ANY_DAY: Final = (dt.date.min, dt.date.max)
_CODES: Final = tuple(ListedCode(one.code, one.words, *ANY_DAY) for one in SOLD)
BOOK: Final = CodeBook(
    {
        code_set: CodeList(
            code_set, tuple(c for c in _CODES if set_of(c.code) == code_set), "2026-01-01T00:00:00Z"
        )
        for code_set in ("cpt", "hcpcs")
    }
)

_COMMERCIAL: Final = {
    "Great Lakes Mutual Health": 13500,
    "Prairie State Health Plan": 12000,
    "Wolverine Community Care": 12800,
    "Harborview Benefit Trust": 14000,
    "Midland Employers Health": 12500,
    "Illinois Medicaid": 6800,
    "Michigan Medicaid": 7200,
    "Lakeshore Senior Supplement": 10000,
}
"""Hundredths of a percent of what Medicare allows."""


def schedules(today: dt.date) -> list[tuple[Schedule, list[FeeRow]]]:
    """The practice's fee schedules with their rows."""
    starts = dt.date(today.year - 1, 1, 1)
    medicare = PAYERS["Medicare Part B"][0]

    def one(
        name: str, facts: ScheduleFacts, rows: Sequence[FeeRow] = ()
    ) -> tuple[Schedule, list[FeeRow]]:
        return Schedule(FeeScheduleId.derived("sample", name), facts), list(rows)

    found = [
        one(
            "standard",
            ScheduleFacts(name="Standard charges", starts=starts),
            [FeeRow(code=s.code, amount=Money(s.charge)) for s in SOLD if s.charge is not None],
        ),
        one(
            "medicare",
            ScheduleFacts(name="Medicare", payer_id=medicare, starts=starts),
            [
                FeeRow(
                    code=s.code,
                    amount=Money(s.medicare),
                    facility=None if s.facility is None else Money(s.facility),
                )
                for s in SOLD
                if s.medicare is not None
            ],
        ),
    ]
    for payer, hundredths in _COMMERCIAL.items():
        percent = Percent(hundredths=hundredths, payer_id=medicare)
        facts = ScheduleFacts(name=payer, payer_id=PAYERS[payer][0], starts=starts, percent=percent)
        found.append(one(payer, facts))
    return found


def _line(code: str, label: str, *modifiers: str, diagnoses: tuple[str, ...] = ()) -> FavouriteLine:
    return FavouriteLine(code=code, label=label, modifiers=modifiers, diagnoses=diagnoses)


FAVOURITES: Final[dict[FavouriteId, FavouriteFacts]] = {
    FavouriteId.derived("sample", facts.name): facts
    for facts in (
        FavouriteFacts(
            name="Office visits",
            lines=tuple(
                _line(code, label)
                for code, label in (
                    ("99203", "New, low"),
                    ("99204", "New, moderate"),
                    ("99212", "Short"),
                    ("99213", "Low"),
                    ("99214", "Moderate"),
                    ("99215", "High"),
                )
            ),
        ),
        FavouriteFacts(
            name="Diabetes follow-up",
            specialty="Family Medicine",
            lines=(
                _line("99214", "Visit", "25", diagnoses=("E119",)),
                _line("83036", "A1c", diagnoses=("E119",)),
                _line("36415", "Blood draw", diagnoses=("E119",)),
            ),
        ),
        FavouriteFacts(
            name="In-house tests",
            lines=(
                _line("87880", "Strep"),
                _line("87804", "Flu"),
                _line("81002", "Urine"),
                _line("93000", "ECG"),
                _line("36415", "Blood draw"),
            ),
        ),
        FavouriteFacts(
            name="Vaccines",
            lines=(_line("90471", "First"), _line("90472", "Further")),
        ),
        FavouriteFacts(
            name="Skin",
            specialty="Dermatology",
            lines=(
                _line("11102", "Shave biopsy"),
                _line("17000", "Cryotherapy", diagnoses=("L570",)),
                _line("17110", "Warts", diagnoses=("B079",)),
            ),
        ),
    )
}


USUAL: Final = tuple(
    UsualServices(type_id=TYPES[kind].id, services=tuple(UsualService(code=code) for code in codes))
    for kind, codes in {
        "new": ("99203",),
        "office": ("99213",),
        "physical": ("99396", "36415", "80053"),
        "telehealth": ("99213",),
        "well-child": ("99392", "90471"),
        "sick-child": ("99213",),
        "new-gyn": ("99203",),
        "gyn": ("99213",),
        "ultrasound": ("76805",),
        "skin": ("11102",),
        "phototherapy": ("96910",),
    }.items()
)
"""What a visit of each kind usually brings, for estimates."""
