"""What the 837P calls things: qualifiers and codes by field, used to write and to read."""

from __future__ import annotations

from typing import Final


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


VERSION: Final = "005010X222A1"

# TR3 X222 2300 DTP01, each with one day (D8).
CLAIM_DATES: Final = {
    "onset": "431",
    "initial_treatment": "454",
    "last_seen": "304",
    "acute_manifestation": "453",
    "accident": "439",
    "last_menstrual_period": "484",
    "last_xray": "455",
    "prescription": "471",
    "last_worked": "297",
    "return_to_work": "296",
    "admission": "435",
    "discharge": "096",
    "care_assumed": "090",
    "care_relinquished": "091",
    "first_contact": "444",
    "repricer_received": "050",
}
# TR3 X222 2300 DTP 314 (both), 360 (began), 361 (ended).
DISABILITY: Final = ("314", "360", "361")

# TR3 X222 2300 REF01.
CLAIM_NUMBERS: Final = {
    "authorization_exception": "4N",
    "medicare_crossover": "F5",
    "mammography": "EW",
    "referral": "9F",
    "prior_authorization": "G1",
    "payer_control_number": "F8",
    "clia": "X4",
    "repriced": "9A",
    "adjusted_repriced": "9C",
    "investigational_device": "LX",
    "clearinghouse_trace": "D9",
    "medical_record": "EA",
    "demonstration_project": "P4",
    "care_plan_oversight": "1J",
}

# TR3 X222 2400 DTP01 beside 472 (service), 738 and 739 (tests).
LINE_DATES: Final = {
    "prescription": "471",
    "recertification": "607",
    "therapy_began": "463",
    "last_certification": "461",
    "last_seen": "304",
    "hemoglobin_test": "738",
    "creatinine_test": "739",
    "shipped": "011",
    "last_xray": "455",
    "initial_treatment": "454",
}

# TR3 X222 2400 REF01 beside G1 and 9F, which may name another payer.
LINE_NUMBERS: Final = {
    "repriced": "9B",
    "adjusted_repriced": "9D",
    "control_number": "6R",
    "mammography": "EW",
    "clia": "X4",
    "referring_clia": "F4",
    "immunization_batch": "BT",
}

# TR3 X222 2310A to 2310D and 2420A to 2420F: NM101 by role.
PROVIDER_ROLES: Final = {
    "referring": "DN",
    "primary_care": "P3",
    "rendering": "82",
    "supervising": "DQ",
    "purchased": "QB",
    "ordering": "DK",
}
FACILITY: Final = "77"

# TR3 X222 SBR01 and PAT01, SBR02.
RESPONSIBILITIES: Final = frozenset("ABCDEFGHPSTU")
PATIENT_RELATIONSHIPS: Final = frozenset({"01", "19", "20", "21", "39", "40", "53", "G8"})
SELF: Final = "18"

# TR3 X222 2010BB SBR05: why Medicare pays second.
MEDICARE_SECONDARY: Final = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})
# TR3 X222 SBR09.
FILING_INDICATORS: Final = _codes(
    "11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ"
)

# TR3 X222 2300 PWK01: kinds of attachment.
ATTACHMENTS: Final = _codes(
    "03 04 05 06 07 08 09 10 11 13 15 21 A3 A4 AM AS B2 B3 B4 BR BS BT CB CK CT D2 DA "
    "DB DG DJ DS EB HC HR I5 IR LA M1 MT NN OB OC OD OE OX OZ P4 P5 PE PN PO PQ PY PZ "
    "RB RR RT RX SG V5 XP"
)

# TR3 X222 2300 CRC01 E1 to E3 with CRC03 L1 to L5; ZZ (EPSDT) with these.
VISION_CODES: Final = frozenset({"L1", "L2", "L3", "L4", "L5"})
EPSDT_CODES: Final = frozenset({"AV", "NU", "S2", "ST"})

# CMS place of service codes 41 and 42, and HCPCS A0021 to A0999: ambulance.
AMBULANCE_PLACES: Final = frozenset({"41", "42"})
AMBULANCE_CODES: Final = ("A0021", "A0999")
