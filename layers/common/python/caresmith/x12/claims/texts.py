"""The texts of a claim: each can be sent as it is, or is refused with a sentence."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

_UNSENDABLE: Final = re.compile(r"[^ -~]|[*^:~]")


def _sendable(text: str) -> str:
    """X12 has no escape, so what would be cut at can't be sent."""
    if _UNSENDABLE.search(text):
        raise ValueError("only plain letters, digits and signs, and none of * ^ : ~, can be sent")
    if text != text.strip():
        raise ValueError("must not begin or end with a space")
    return text


def _text(most: int, least: int = 1) -> tuple[StringConstraints, AfterValidator]:
    return StringConstraints(min_length=least, max_length=most), AfterValidator(_sendable)


LastName = Annotated[str, *_text(60)]
"""NM103: a family name or that of an organisation."""
FirstName = Annotated[str, *_text(35, 0)]
MiddleName = Annotated[str, *_text(25, 0)]
Suffix = Annotated[str, *_text(10, 0)]
Code = Annotated[str, *_text(80, 2)]
"""NM109: an id."""
Street = Annotated[str, *_text(55)]
OptionalStreet = Annotated[str, *_text(55, 0)]
City = Annotated[str, *_text(30, 2)]
Number = Annotated[str, *_text(50)]
"""REF02: a number, or what is called one."""
OptionalNumber = Annotated[str, *_text(50, 0)]
ClaimNumber = Annotated[str, *_text(20)]
"""CLM01: payers give back 20 characters of it."""
GroupName = Annotated[str, *_text(60, 0)]
Sentence = Annotated[str, *_text(80)]
OptionalSentence = Annotated[str, *_text(80, 0)]
State = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")]
Country = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")]
Subdivision = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{0,3}$")]
PostalCode = Annotated[str, *_text(15, 0)]
Taxonomy = Annotated[str, StringConstraints(pattern=r"^([0-9A-Z]{10})?$")]
"""A code of the NUCC provider taxonomy, or ""."""
TaxId = Annotated[str, StringConstraints(pattern=r"^\d{2}-?\d{7}$|^\d{3}-?\d{2}-?\d{4}$")]
Ssn = Annotated[str, StringConstraints(pattern=r"^(\d{9})?$")]
Phone = Annotated[str, StringConstraints(pattern=r"^(\d{10})?$")]
Extension = Annotated[str, StringConstraints(pattern=r"^\d{0,8}$")]
Email = Annotated[str, *_text(256, 0)]
Modifier = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2}$")]
ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{1,48}$")]
Icd = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3,7}$")]
"""A diagnosis without its point: E119 and not E11.9."""
PlaceOfService = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
OptionalPlace = Annotated[str, StringConstraints(pattern=r"^(\d{2})?$")]
DecimalText = Annotated[str, StringConstraints(pattern=r"^(\d{0,6}(\.\d{1,4})?)?$", max_length=6)]


class ClaimPart(BaseModel):
    """Base of all parts of a claim: frozen, and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
