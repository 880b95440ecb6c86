"""Code systems: CDA names them by OID, FHIR by URI (terminology.hl7.org)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from caresmith.records.clinical import coding as c

ICD9CM: Final = "http://hl7.org/fhir/sid/icd-9-cm"
ICD10PCS: Final = "http://www.cms.gov/Medicare/Coding/ICD10"
UNII: Final = "http://fdasis.nlm.nih.gov"
NCI: Final = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"

BY_OID: Final[Mapping[str, str]] = {
    "2.16.840.1.113883.6.1": c.LOINC,
    "2.16.840.1.113883.6.96": c.SNOMED,
    "2.16.840.1.113883.6.88": c.RXNORM,
    "2.16.840.1.113883.6.90": c.ICD10CM,
    "2.16.840.1.113883.6.103": ICD9CM,
    "2.16.840.1.113883.6.4": ICD10PCS,
    "2.16.840.1.113883.6.12": c.CPT,
    "2.16.840.1.113883.6.285": c.HCPCS,
    "2.16.840.1.113883.6.69": c.NDC,
    "2.16.840.1.113883.12.292": c.CVX,
    "2.16.840.1.113883.6.59": c.CVX,
    "2.16.840.1.113883.12.227": c.MVX,
    "2.16.840.1.113883.4.9": UNII,
    "2.16.840.1.113883.3.26.1.1": NCI,
}
_NAMES: Final[Mapping[str, str]] = {
    c.LOINC: "LOINC",
    c.SNOMED: "SNOMED CT",
    c.RXNORM: "RxNorm",
    c.ICD10CM: "ICD-10-CM",
    ICD9CM: "ICD-9-CM",
    ICD10PCS: "ICD-10-PCS",
    c.CPT: "CPT-4",
    c.HCPCS: "HCPCS",
    c.NDC: "NDC",
    c.CVX: "CVX",
    c.MVX: "MVX",
    UNII: "UNII",
    NCI: "NCI Thesaurus",
}
# Of systems with two OIDs, the one that C-CDA R2.1 names.
_OIDS: Final = {uri: oid for oid, uri in reversed(tuple(BY_OID.items()))}


def system(oid: str) -> str:
    """The URI of a code system."""
    return BY_OID.get(oid, f"urn:oid:{oid}")


def oid(uri: str) -> str | None:
    """The OID of a code system; None where none is known."""
    if uri.startswith("urn:oid:"):
        return uri.removeprefix("urn:oid:")
    return _OIDS.get(uri)


def name(uri: str) -> str | None:
    return _NAMES.get(uri)
