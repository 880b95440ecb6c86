"""The grammar of RxNorm's names of drugs.

A clinical drug is ingredient, strength and dose form, several ingredients with `` / ``
between; how long it acts or how much a package holds stands before, a brand in brackets
behind: ``24 HR metoprolol succinate 100 MG Extended Release Oral Tablet [Toprol]``. A
pack says its drugs in parentheses: ``{21 (methylprednisolone 4 MG Oral Tablet) } Pack``.

Source: RxNorm technical documentation, section 5, and its appendix 1
(https://www.nlm.nih.gov/research/umls/rxnorm/docs/techdoc.html).
"""

from __future__ import annotations

import re
from typing import Final

_BRAND: Final = re.compile(r"\[([^\[\]]*)\]")
_PACKED: Final = re.compile(r"\d+ \(((?:[^()]|\([^()]*\))*)\)")
_BEFORE: Final = re.compile(
    r"^(?:NDA\d+ )?(?:Abuse-Deterrent |Osmotic )?"
    r"(?:(?:[\d.]+ MG, )*[\d.]+ MG Dose )?(?:[\d.]+ (?:HR|ML|ACTUAT) )*(?=\S)"
)
"""What says how the drug is packed or how long it acts, and not what it is."""
_PART: Final = re.compile(
    r"^(?P<ingredient>.+?) [\d.]+ (?:[A-Z]+|\[[^\]]+\]|%)(?:/[A-Z]+)?(?: (?P<rest>[A-Z].*))?$"
)
_INERT: Final = "inert ingredients"


def parts(name: str) -> list[str]:
    """Each ingredient with its strength, of a drug or of all drugs of a pack."""
    bare = _BRAND.sub("", name)
    drugs = _PACKED.findall(bare) if bare.startswith("{") else [bare]
    found = (_BEFORE.sub("", part.strip()) for drug in drugs for part in drug.split(" / "))
    return [part for part in dict.fromkeys(found) if part and not part.startswith(_INERT)]


def ingredients(name: str) -> tuple[str, ...]:
    """What a drug's name says is in it, with salts, each once."""
    matches = (_PART.match(part) for part in parts(name))
    return tuple(dict.fromkeys(match["ingredient"] for match in matches if match))


def dose_form(name: str) -> str:
    """The dose form at the end of a name; empty where the name has not the grammar."""
    if name.startswith("{"):
        return "Pack"
    match = _PART.match(_BRAND.sub("", name).strip().split(" / ")[-1])
    return (match["rest"] or "") if match else ""


def brand(name: str) -> str | None:
    """The brand that stands behind a name."""
    found = _BRAND.search(name, name.rfind("[")) if name.endswith("]") else None
    return found[1] if found else None
