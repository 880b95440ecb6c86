"""Whom a clinical document is about, who wrote it and when: its header."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from functions.documents.ccda.incoming import values as v


@dataclass(frozen=True)
class Header:
    title: str | None
    written: dt.datetime | None
    author: str | None
    given: tuple[str, ...]
    family: str | None
    birth_date: str | None
    """As well as it is told: ``1975-05-01``, ``1975``."""
    gender: str | None
    """``M``, ``F``, ``UN`` (HL7 AdministrativeGender)."""


def header(root: ET.Element) -> Header:
    """Read the header; what is not told is None."""
    patient = v.child(root, "recordTarget", "patientRole", "patient")
    given: tuple[str, ...] = ()
    family = birth = gender = None
    if patient is not None:
        name = v.child(patient, "name")
        if name is not None:
            parts = [v.plain("".join(g.itertext())) for g in v.children(name, "given")]
            given = tuple(part for part in parts if part)
            family = _text(v.child(name, "family"))
        birth = v.date(v.child(patient, "birthTime"))
        code = v.child(patient, "administrativeGenderCode")
        gender = code.attrib.get("code") if code is not None else None
    return Header(
        title=_text(v.child(root, "title")),
        written=v.instant(v.child(root, "effectiveTime")),
        author=_author(root),
        given=given,
        family=family,
        birth_date=birth,
        gender=gender,
    )


def _author(root: ET.Element) -> str | None:
    assigned = v.child(root, "author", "assignedAuthor")
    if assigned is None:
        return None
    person = v.child(assigned, "assignedPerson", "name")
    if person is not None and (name := _text(person)):
        return name[:200]
    organization = v.child(assigned, "representedOrganization", "name")
    found = _text(organization)
    return found[:200] if found else None


def _text(element: ET.Element | None) -> str | None:
    if element is None:
        return None
    return v.plain(" ".join(part for part in element.itertext() if part.strip()))
