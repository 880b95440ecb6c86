"""Who bills, and who is billed: loops 2010AA, 2010AB and 2010BB."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from caresmith.npi import Npi
from caresmith.x12.claims.codes import FILING_INDICATORS
from functions.claims.scrubbing.case import Case
from functions.claims.scrubbing.registry import ERROR, INFO, WARNING, Hit, edit, fix, hit

_TAX_ID: Final = re.compile(r"\d{2}-?\d{7}|\d{3}-?\d{2}-?\d{4}", re.ASCII)
_TAXONOMY: Final = re.compile(r"[0-9A-Z]{9}X", re.ASCII)
"""NUCC: ten characters, the last of which is X."""


def right_npi(text: str) -> bool:
    try:
        Npi(text)
    except ValueError:
        return False
    return True


def right_taxonomy(text: str) -> bool:
    return _TAXONOMY.fullmatch(text) is not None


@edit(
    "BIL-NAME",
    ERROR,
    "The billing provider has no name",
    guards="2010AA NM103",
    source="TR3 X222A1 2010AA NM1; CMS-1500 item 33",
    message="The billing provider's name is missing.",
)
def billing_without_name(case: Case) -> Iterator[Hit]:
    if not case.draft.billing.last.strip():
        yield hit("billing.last")


@edit(
    "BIL-NPI",
    ERROR,
    "The billing provider has no NPI",
    guards="2010AA NM109",
    source="45 CFR 162.410; TR3 X222A1 2010AA NM109",
    message="The billing provider's NPI is missing.",
)
def billing_without_npi(case: Case) -> Iterator[Hit]:
    if not case.draft.billing.npi:
        yield hit("billing.npi")


@edit(
    "BIL-TAX-ID",
    ERROR,
    "The billing provider's tax id is none",
    guards="2010AA REF EI/SY",
    source="TR3 X222A1 2010AA REF; CMS-1500 item 25",
    message="The tax id has nine digits: an EIN (12-3456789) or a social security number.",
)
def billing_tax_id(case: Case) -> Iterator[Hit]:
    if not _TAX_ID.fullmatch(case.draft.billing.tax_id):
        yield hit("billing.tax_id")


@edit(
    "BIL-TAX-KIND",
    WARNING,
    "An organisation that bills with a social security number",
    guards="2010AA REF01",
    source="IRS: organisations have an EIN; TR3 X222A1 2010AA REF01",
    message="The billing provider is an organisation, and its tax id is told to be a social "
    "security number.",
)
def billing_ssn(case: Case) -> Iterator[Hit]:
    if case.draft.billing.organisation and case.draft.billing.tax_id_kind == "SY":
        yield hit("billing.tax_id_kind")


@edit(
    "BIL-TAXONOMY",
    ERROR,
    "The billing provider's taxonomy is missing",
    guards="2000A PRV03",
    source="TR3 X222A1 2000A PRV: required when the payer's adjudication depends on it",
    message="This payer wants the billing provider's taxonomy code.",
)
def billing_without_taxonomy(case: Case) -> Iterator[Hit]:
    if case.facts.payer.wants_taxonomy and not case.draft.billing.taxonomy:
        yield hit("billing.taxonomy")


@edit(
    "BIL-TAXONOMY-FORM",
    ERROR,
    "The billing provider's taxonomy is none",
    guards="2000A PRV03",
    source="NUCC Health Care Provider Taxonomy: ten characters, the last an X",
    message="A taxonomy code has ten characters and ends with X.",
)
def billing_taxonomy_form(case: Case) -> Iterator[Hit]:
    said = case.draft.billing.taxonomy
    if said and not right_taxonomy(said):
        yield hit("billing.taxonomy")


@edit(
    "BIL-PERSON",
    WARNING,
    "A person who bills has no first name",
    guards="2010AA NM104",
    source="TR3 X222A1 2010AA NM104: required when the person has a first name",
    message="The billing provider is a person and has no first name.",
)
def billing_person(case: Case) -> Iterator[Hit]:
    one = case.draft.billing
    if not one.organisation and one.last.strip() and not one.first.strip():
        yield hit("billing.first")


@edit(
    "BIL-ORG-NAME",
    ERROR,
    "An organisation that bills has a first name",
    guards="2010AA NM102, NM104",
    source="TR3 X222A1 2010AA NM104: not used for an organisation",
    message="The billing provider is an organisation and has a person's first name.",
)
def billing_organisation(case: Case) -> Iterator[Hit]:
    one = case.draft.billing
    if one.organisation and (one.first or one.middle or one.suffix):
        yield hit("billing.first")


@edit(
    "BIL-PAY-TO",
    INFO,
    "The address for payments is the billing address",
    guards="2010AB",
    source="TR3 X222A1 2010AB: required when it differs from the billing address",
    message="The address for payments is the same as the billing address and need not be sent.",
)
def pay_to_same(case: Case) -> Iterator[Hit]:
    one = case.draft.billing
    if one.pay_to is not None and one.pay_to == one.address:
        yield hit("billing.pay_to", fix=fix("Leave it out", ("billing.pay_to", None)))


@edit(
    "PAY-NAME",
    ERROR,
    "The payer has no name",
    guards="2010BB NM103",
    source="TR3 X222A1 2010BB NM1",
    message="The payer's name is missing.",
)
def payer_without_name(case: Case) -> Iterator[Hit]:
    if not case.draft.payer.name.strip():
        yield hit("payer.name")


@edit(
    "PAY-ID",
    ERROR,
    "The payer has no id",
    guards="2010BB NM109",
    source="TR3 X222A1 2010BB NM108/NM109",
    message="The payer's electronic id is missing: without it a claim goes nowhere.",
)
def payer_without_id(case: Case) -> Iterator[Hit]:
    if not case.draft.payer.id.strip():
        yield hit("payer.id")


@edit(
    "PAY-ID-OTHER",
    ERROR,
    "The payer's id is another than its profile has",
    guards="2010BB NM109",
    source="The payer's companion guide, as its profile has it",
    message="This payer does not take claims under the id {id}.",
)
def payer_id_unknown(case: Case) -> Iterator[Hit]:
    said, known = case.draft.payer.id, case.facts.payer.electronic_ids
    if said.strip() and known and said not in known:
        certain = fix("Take the payer's id", ("payer.id", min(known))) if len(known) == 1 else None
        yield hit("payer.id", fix=certain, id=said)


@edit(
    "PAY-FILING",
    ERROR,
    "The claim filing indicator is missing",
    guards="2000B SBR09",
    source="TR3 X222A1 2000B SBR09: required until the national plan id is in use",
    message="Which kind of payer it is (SBR09) is missing or no code, like CI, MB or MC.",
)
def filing_missing(case: Case) -> Iterator[Hit]:
    said, known = case.draft.subscriber.filing, case.facts.payer.filing
    if said not in FILING_INDICATORS:
        certain = known in FILING_INDICATORS
        mended = fix(f"Take {known}", ("subscriber.filing", known)) if certain else None
        yield hit("subscriber.filing", fix=mended)


@edit(
    "PAY-FILING-OTHER",
    WARNING,
    "The claim filing indicator is not the payer's",
    guards="2000B SBR09",
    source="The payer's companion guide, as its profile has it",
    message="The claim says {said}, and the payer's profile {known}.",
)
def filing_other(case: Case) -> Iterator[Hit]:
    said, known = case.draft.subscriber.filing, case.facts.payer.filing
    if known and said in FILING_INDICATORS and said != known:
        yield hit("subscriber.filing", said=said, known=known)


@edit(
    "PAY-ADDRESS",
    WARNING,
    "The payer's address is missing",
    guards="2010BB N3, N4",
    source="TR3 X222A1 2010BB N3: required when the payer's address decides where it goes",
    message="This payer wants its address on the claim.",
)
def payer_without_address(case: Case) -> Iterator[Hit]:
    if case.facts.payer.wants_address and case.draft.payer.address is None:
        yield hit("payer.address")
