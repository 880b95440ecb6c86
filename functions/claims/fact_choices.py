"""Codes of the 837P among which a biller chooses, in words of our own."""

from __future__ import annotations

from typing import Final

EXCEPTIONS: Final = (
    ("1", "Immediate or urgent care"),
    ("2", "Services rendered in a retroactive period"),
    ("3", "Emergency care"),
    ("4", "The client has temporary Medicaid"),
    ("5", "The county requests a second opinion to decide whether the recipient can work"),
    ("6", "An override is pending"),
    ("7", "Special handling"),
)

SPINAL: Final = (
    ("A", "Acute"),
    ("C", "Chronic"),
    ("D", "Not acute"),
    ("E", "Not life-threatening"),
    ("F", "Routine"),
    ("G", "Symptomatic"),
    ("M", "Acute manifestation of a chronic condition"),
)

DELAYS: Final = (
    ("1", "Eligibility was not known"),
    ("2", "Litigation"),
    ("3", "Authorization came late"),
    ("4", "The provider was certified late"),
    ("5", "Forms came late"),
    ("6", "Custom-made appliances came late"),
    ("7", "Third party processed it late"),
    ("8", "Eligibility was determined late"),
    ("9", "An original claim was rejected for another reason than time"),
    ("10", "Prior administrative action"),
    ("11", "Other"),
    ("15", "A natural disaster"),
)

PROGRAMS: Final = (
    ("02", "Physically handicapped children"),
    ("03", "Special federal funding"),
    ("05", "Disability"),
    ("09", "Second opinion or surgery"),
)
GLASSES: Final = (("E1", "Spectacle lenses"), ("E2", "Contact lenses"), ("E3", "Frames"))
REPLACING: Final = (
    "L1 the prescription changed enough, L2 lost or stolen, L3 broken, L4 as the patient "
    "prefers, L5 for a medical reason"
)

NOTES: Final = (
    ("ADD", "Additional information"),
    ("CER", "Certification in words"),
    ("DCP", "Goals, or plans after discharge"),
    ("DGN", "The diagnosis in words"),
    ("TPO", "Of another organisation"),
)
ATTACHMENTS: Final = (
    ("OB", "Operative note"),
    ("DG", "Diagnostic report"),
    ("LA", "Laboratory results"),
    ("RR", "Radiology report"),
    ("P4", "Pathology report"),
    ("DS", "Discharge summary"),
    ("AS", "Admission summary"),
    ("03", "Why the treatment goes beyond guidelines"),
    ("08", "Plan of treatment"),
    ("09", "Progress report"),
    ("B3", "Physician's order"),
    ("B4", "Referral"),
    ("CT", "Certification"),
    ("EB", "Explanation of benefits of another payer"),
    ("I5", "Immunization record"),
    ("M1", "Medical record"),
    ("NN", "Nursing notes"),
    ("PN", "Physical therapy notes"),
    ("PY", "Physician's report"),
    ("XP", "Photographs"),
    ("OZ", "Other supporting data"),
)
TRANSMISSIONS: Final = (
    ("BM", "By mail"),
    ("FX", "By fax"),
    ("EL", "Electronically, as a file of its own"),
    ("EM", "By e-mail"),
    ("FT", "By file transfer"),
    ("AA", "Kept here, for when the payer asks"),
)
