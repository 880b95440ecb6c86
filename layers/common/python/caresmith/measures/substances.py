"""Molar masses of what laboratories report both in mass and in moles, by LOINC code.

Molar masses are sums of IUPAC standard atomic weights (2021, abridged), as PubChem
states them. Where a test reports one substance *as* another, the other counts:
urea nitrogen as N2, inorganic phosphate as P. Triglycerides are a mixture: the
customary 885.7 g/mol (a factor of 0.01129) is that of an average molecule.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from caresmith.measures.ucum import Substance


def _of(grams: str, valence: int | None = None) -> Substance:
    return Substance(Decimal(grams), valence)


GLUCOSE: Final = _of("180.156")
_CHOLESTEROL: Final = _of("386.65")
_TRIGLYCERIDES: Final = _of("885.7")
CREATININE: Final = _of("113.12")
_UREA_NITROGEN: Final = _of("28.014")
_BILIRUBIN: Final = _of("584.67")
_CALCIUM: Final = _of("40.078", 2)
_MAGNESIUM: Final = _of("24.305", 2)
_PHOSPHATE_AS_P: Final = _of("30.974")
_URATE: Final = _of("168.11")
_IRON: Final = _of("55.845")
_LACTATE: Final = _of("90.08", 1)
_AMMONIA: Final = _of("17.031")

SUBSTANCES: Final[Mapping[str, Substance]] = MappingProxyType(
    {
        **dict.fromkeys(
            # In serum or plasma, blood, capillary blood by meter, fasting, urine; as moles.
            ("2345-7", "2339-0", "41653-7", "1558-6", "2350-7", "14749-6", "15074-8", "14743-9"),
            GLUCOSE,
        ),
        **dict.fromkeys(
            # Total, HDL, LDL calculated, LDL direct; as moles.
            ("2093-3", "2085-9", "13457-7", "2089-1", "18262-6", "14647-2", "14646-4", "22748-8"),
            _CHOLESTEROL,
        ),
        **dict.fromkeys(("2571-8", "14927-8"), _TRIGLYCERIDES),
        **dict.fromkeys(("2160-0", "38483-4", "2161-8", "14682-9", "14683-7"), CREATININE),
        **dict.fromkeys(("3094-0", "6299-2", "22664-7"), _UREA_NITROGEN),
        **dict.fromkeys(("1975-2", "1968-7", "1971-1", "14631-6", "14629-0"), _BILIRUBIN),
        **dict.fromkeys(("17861-6", "1995-0", "1994-3", "2000-8"), _CALCIUM),
        **dict.fromkeys(("19123-9", "2601-3"), _MAGNESIUM),
        **dict.fromkeys(("2777-1", "14879-1"), _PHOSPHATE_AS_P),
        **dict.fromkeys(("3084-1", "14933-6"), _URATE),
        **dict.fromkeys(("2498-4", "14798-3"), _IRON),
        **dict.fromkeys(("2524-7", "32693-4"), _LACTATE),
        **dict.fromkeys(("16362-6", "22763-7"), _AMMONIA),
        **dict.fromkeys(("2951-2", "2947-0"), _of("22.990", 1)),  # sodium
        **dict.fromkeys(("2823-3", "6298-4"), _of("39.098", 1)),  # potassium
        **dict.fromkeys(("2075-0", "2069-3"), _of("35.453", 1)),  # chloride
        "1963-8": _of("61.017", 1),  # bicarbonate
        "2028-9": _of("61.017", 1),  # carbon dioxide, total, which is bicarbonate nearly all
        "62292-8": _of("400.64"),  # 25-hydroxyvitamin D3 + D2, as D3
        "1989-3": _of("400.64"),  # 25-hydroxyvitamin D3
        "2132-9": _of("1355.4"),  # cobalamin
        "2284-8": _of("441.4"),  # folate
        "2143-6": _of("362.46"),  # cortisol
        "2986-8": _of("288.42"),  # testosterone
        "2243-4": _of("272.38"),  # estradiol
        "3026-2": _of("776.87"),  # thyroxine
        "3024-7": _of("776.87"),  # free thyroxine
    }
)
"""Only where the substance is one and known: a code that is missing does not convert."""
