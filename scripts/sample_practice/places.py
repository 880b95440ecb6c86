"""Where the patients live: near one of the practice's places. Streets are made up."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from caresmith.records.contact import Address
from scripts.sample_practice.dice import Dice


class Area(StrEnum):
    """The surroundings of one location."""

    CHICAGO = "chicago"
    EVANSTON = "evanston"
    GRAND_RAPIDS = "grand-rapids"


TOWNS: Final[dict[Area, tuple[tuple[str, str, str], ...]]] = {
    Area.CHICAGO: tuple(
        ("Chicago", "IL", code)
        for code in (
            *("60614", "60657", "60613", "60640", "60625", "60618", "60647", "60622"),
            *("60608", "60616", "60659", "60645", "60660", "60634", "60641", "60632"),
        )
    ),
    Area.EVANSTON: (
        ("Evanston", "IL", "60201"),
        ("Evanston", "IL", "60202"),
        ("Skokie", "IL", "60076"),
        ("Skokie", "IL", "60077"),
        ("Wilmette", "IL", "60091"),
        ("Niles", "IL", "60714"),
        ("Lincolnwood", "IL", "60712"),
        ("Morton Grove", "IL", "60053"),
    ),
    Area.GRAND_RAPIDS: (
        ("Grand Rapids", "MI", "49503"),
        ("Grand Rapids", "MI", "49504"),
        ("Grand Rapids", "MI", "49505"),
        ("Grand Rapids", "MI", "49507"),
        ("Kentwood", "MI", "49508"),
        ("Wyoming", "MI", "49509"),
        ("Walker", "MI", "49534"),
        ("Grandville", "MI", "49418"),
        ("Holland", "MI", "49423"),
        ("Ada", "MI", "49301"),
    ),
}
AREA_CODES: Final[dict[Area, tuple[str, ...]]] = {
    Area.CHICAGO: ("312", "773", "872", "708"),
    Area.EVANSTON: ("847", "224", "630", "331"),
    Area.GRAND_RAPIDS: ("616", "269", "231", "517"),
}
_STREETS: Final = (
    *("Lakeview Ave", "Harbor St", "Beacon Ct", "Lantern Ln", "Prairie Ave", "Juniper St"),
    *("Windmill Rd", "Orchard Blvd", "Copper Beech Dr", "Sandpiper Ln", "Old Mill Rd"),
    *("Tamarack St", "Foundry Ave", "Schoolhouse Rd", "Gull Point Dr", "Meadowlark Ln"),
    *("St. Brendan Ave", "Larkspur Ct", "Quarry St", "Bluestem Dr", "N Ferry Landing Rd"),
)
_APARTMENTS: Final = 0.4
PHONES_A_CODE: Final = 100  # 555-0100 to 555-0199 are set aside for fiction (NANPA)


def address(dice: Dice, area: Area) -> Address:
    """A home in that area."""
    city, state, code = dice.one(TOWNS[area])
    lines = [f"{dice.randrange(100, 8900)} {dice.one(_STREETS)}"]
    if dice.chance(_APARTMENTS if area is not Area.GRAND_RAPIDS else _APARTMENTS / 2):
        lines.append(f"Apt {dice.randrange(1, 30)}{dice.one(('', '', 'A', 'B'))}")
    return Address(lines=lines, city=city, state=state, postal_code=code)


class Directory:
    """Hands out each fictional telephone number of an area in turn, then begins again."""

    def __init__(self) -> None:
        self._given = dict.fromkeys(Area, 0)

    def next_number(self, area: Area) -> str:
        codes = AREA_CODES[area]
        number = self._given[area]
        self._given[area] += 1
        code = codes[number % len(codes)]
        return f"+1{code}55501{number // len(codes) % PHONES_A_CODE:02d}"
