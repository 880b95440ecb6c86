"""All providers but who bills, and who rendered the services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.claims.drafted_parties import ProviderDraft
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits.billing import right_npi, right_taxonomy
from functions.claims.scrubbing.registry import (
    ERROR,
    INFO,
    WARNING,
    Hit,
    edit,
    fix,
    hit,
    line_edit,
)

PERSONS: Final = ("referring", "primary_care", "supervising", "ordering")


def providers(case: Case) -> Iterator[tuple[str, str, ProviderDraft]]:
    """Role, path and provider, of claim and lines."""
    every = case.draft.providers
    for role in ("referring", "primary_care", "rendering", "supervising"):
        one = getattr(every, role)
        if one is not None:
            yield role, f"providers.{role}", one
    for line in case.lines:
        for role in ("rendering", "supervising", "ordering", "referring", "primary_care"):
            one = getattr(line.draft.providers, role)
            if one is not None:
                yield role, f"{line.path}.providers.{role}", one


def line_of(path: str) -> int | None:
    parts = path.split(".")
    return int(parts[1]) + 1 if parts[0] == "lines" else None


@edit(
    "NPI-CHECK",
    ERROR,
    "An NPI that is none",
    guards="NM109 of 2010AA, 2310A to 2310D, 2420A to 2420F",
    source="45 CFR 162.406: ten digits, the last of which checks the others",
    message="The {role} provider's NPI is none: its check digit does not fit.",
)
def npi_check(case: Case) -> Iterator[Hit]:
    billing = case.draft.billing.npi
    if billing and not right_npi(billing):
        yield hit("billing.npi", role="billing")
    for role, path, one in providers(case):
        if one.npi and not right_npi(one.npi):
            yield hit(f"{path}.npi", line=line_of(path), role=role.replace("_", " "))
    facility = case.draft.providers.facility
    if facility and facility.npi and not right_npi(facility.npi):
        yield hit("providers.facility.npi", role="facility")


@edit(
    "PRV-NAME",
    ERROR,
    "A provider without a name",
    guards="NM103 of 2310A to 2310D, 2420A to 2420F",
    source="TR3 X222A1 2310A to 2310D NM1",
    message="The {role} provider's name is missing.",
)
def provider_without_name(case: Case) -> Iterator[Hit]:
    for role, path, one in providers(case):
        if not one.last.strip():
            yield hit(f"{path}.last", line=line_of(path), role=role.replace("_", " "))


@edit(
    "PRV-PERSON",
    ERROR,
    "An organisation where a person is named",
    guards="NM102 of 2310A, 2310D, 2420D to 2420F",
    source="TR3 X222A1 2310A NM102: 1 (person) alone",
    message="The {role} provider is a person: who refers, orders or supervises is never an "
    "organisation.",
)
def organisation_refers(case: Case) -> Iterator[Hit]:
    for role, path, one in providers(case):
        if role in PERSONS and one.organisation:
            yield hit(f"{path}.organisation", line=line_of(path), role=role.replace("_", " "))


@edit(
    "PRV-TAXONOMY-UNSENT",
    ERROR,
    "A taxonomy of a provider for whom none is sent",
    guards="PRV of 2310B, 2420A alone",
    source="TR3 X222A1 2310A, 2310D: no PRV segment",
    message="No taxonomy is sent of the {role} provider.",
)
def taxonomy_unsent(case: Case) -> Iterator[Hit]:
    for role, path, one in providers(case):
        if role in PERSONS and one.taxonomy:
            yield hit(
                f"{path}.taxonomy",
                line=line_of(path),
                role=role.replace("_", " "),
                fix=fix("Leave it out", (f"{path}.taxonomy", "")),
            )


@edit(
    "PRV-ORG-NAME",
    ERROR,
    "An organisation with a first name",
    guards="NM104 of 2310B, 2420A",
    source="TR3 X222A1 2310B NM104: not used for an organisation",
    message="The {role} provider is an organisation and has a person's first name.",
)
def organisation_with_first_name(case: Case) -> Iterator[Hit]:
    for role, path, one in providers(case):
        if one.organisation and (one.first or one.middle or one.suffix):
            yield hit(f"{path}.first", line=line_of(path), role=role.replace("_", " "))


@edit(
    "PRV-TAXONOMY-FORM",
    ERROR,
    "The rendering provider's taxonomy is none",
    guards="2310B PRV03, 2420A PRV03",
    source="NUCC Health Care Provider Taxonomy: ten characters, the last an X",
    message="A taxonomy code has ten characters and ends with X.",
)
def rendering_taxonomy_form(case: Case) -> Iterator[Hit]:
    for role, path, one in providers(case):
        if role == "rendering" and one.taxonomy and not right_taxonomy(one.taxonomy):
            yield hit(f"{path}.taxonomy", line=line_of(path))


@edit(
    "REN-NPI",
    ERROR,
    "The rendering provider has no NPI",
    guards="2310B NM109, 2420A NM109",
    source="45 CFR 162.410; CMS-1500 item 24J",
    message="The rendering provider's NPI is missing.",
)
def rendering_without_npi(case: Case) -> Iterator[Hit]:
    for role, path, one in providers(case):
        if role == "rendering" and not one.npi:
            yield hit(f"{path}.npi", line=line_of(path))


@edit(
    "REN-MISSING",
    WARNING,
    "Nobody is named who rendered the services",
    guards="2310B",
    source="TR3 X222A1 2310B: required when another than the billing provider; CMS-1500 item 24J",
    message="The billing provider is an organisation: who rendered the services is not told.",
)
def rendering_missing(case: Case) -> Iterator[Hit]:
    if case.draft.billing.organisation and any(line.rendering is None for line in case.lines):
        yield hit("providers.rendering")


@edit(
    "REN-SAME",
    INFO,
    "The rendering provider is the billing provider",
    guards="2310B",
    source="TR3 X222A1 2310B: required when another than the billing provider",
    message="The rendering provider is the billing provider and need not be sent.",
)
def rendering_bills(case: Case) -> Iterator[Hit]:
    one = case.draft.providers.rendering
    billing = case.draft.billing
    if one is None or not one.npi or one.npi != billing.npi or _on_lines(case):
        return
    if one.taxonomy in {"", billing.taxonomy}:
        yield hit("providers.rendering", fix=fix("Leave it out", ("providers.rendering", None)))


def _on_lines(case: Case) -> bool:
    """Whether a line's own rendering provider stands against that of the claim."""
    return any(line.draft.providers.rendering for line in case.lines)


@edit(
    "REN-TAXONOMY",
    ERROR,
    "The rendering provider's taxonomy is missing",
    guards="2310B PRV03",
    source="TR3 X222A1 2310B PRV: required when the payer's adjudication depends on it",
    message="This payer wants the rendering provider's taxonomy code.",
)
def rendering_without_taxonomy(case: Case) -> Iterator[Hit]:
    one = case.draft.providers.rendering
    if case.facts.payer.wants_taxonomy and one and not one.taxonomy:
        yield hit("providers.rendering.taxonomy")


@line_edit(
    "REN-LINE-SAME",
    INFO,
    "The line's rendering provider is that of the claim",
    guards="2420A",
    source="TR3 X222A1 2420A: required when another than 2310B",
    message="Line {line} names the claim's rendering provider again, which need not be sent.",
)
def rendering_of_line(case: Case, line: Line) -> Iterator[Hit]:
    one = line.draft.providers.rendering
    if one is not None and one == case.draft.providers.rendering:
        path = f"{line.path}.providers.rendering"
        yield hit("providers.rendering", fix=fix("Leave it out of the line", (path, None)))
