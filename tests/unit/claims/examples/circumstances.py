"""Accidents, dates and places: fault and near miss."""

from __future__ import annotations

from typing import Any, Final

from functions.claims.scrubbing.facts import PatientFacts, PayerProfile
from tests.support.drafts import CHILD, HOSPITAL, TODAY, Made, line, made

GOOD: Final = made()
_AUTO: Final = {"auto_accident": True, "state": "IL"}
_WORK: Final = {"employment": True}
_INPATIENT: Final[dict[str, Any]] = {
    "place_of_service": "21",
    "providers__facility": HOSPITAL,
    "dates__admission": "2026-06-30",
}


def _afar(*modifiers: str, **wanted: Any) -> Made:
    known = {"payer": PayerProfile(**wanted)}
    return made(line("99213", *modifiers), place_of_service="10", known=known)


EXAMPLES: Final[dict[str, tuple[Made, Made]]] = {
    "ACC-CAUSE": (made(causes={}), made(causes=_WORK)),
    "ACC-DATE": (made(causes=_AUTO), made(causes=_AUTO, dates__accident="2026-06-01")),
    "ACC-WORK-DATE": (made(causes=_WORK), made(causes=_WORK, dates__accident="2026-06-01")),
    "ACC-STATE": (
        made(causes={"auto_accident": True}),
        made(causes={"auto_accident": True, "country": "MX"}),
    ),
    "ACC-STATE-UNSENT": (made(causes=_WORK | {"state": "IL"}), made(causes=_WORK)),
    "ACC-LATE": (
        made(causes=_AUTO, dates__accident="2026-07-02"),
        made(causes=_AUTO, dates__accident="2026-07-01"),
    ),
    "ACC-WORK-PAYER": (made(causes=_WORK), made(causes=_WORK, subscriber__filing="WC")),
    "ACC-WORK-CAUSE": (
        made(subscriber__filing="WC"),
        made(subscriber__filing="WC", causes=_WORK),
    ),
    "ACC-AUTO-PAYER": (made(causes=_AUTO), made(causes=_AUTO, subscriber__filing="AM")),
    "ACC-CASUALTY": (
        made(subscriber__filing="AM", patient=CHILD),
        made(subscriber__filing="AM", patient=CHILD | {"casualty_claim": "K1"}),
    ),
    "ACC-INJURY": (made(diagnoses=["S52501A"]), made(diagnoses=["S52501D"])),
    "ADM-DATE": (
        made(place_of_service="21", providers__facility=HOSPITAL),
        made(line("99223"), **_INPATIENT),
    ),
    "ADM-LATE": (
        made(line("99223"), **(_INPATIENT | {"dates__admission": "2026-07-02"})),
        made(line("99223"), **_INPATIENT),
    ),
    "ADM-DISCHARGE": (
        made(line("99223"), **_INPATIENT, dates__discharge="2026-06-29"),
        made(line("99223"), **_INPATIENT, dates__discharge="2026-07-03"),
    ),
    "ONS-LATE": (made(dates__onset="2026-07-02"), made(dates__onset="2026-07-01")),
    "ONS-PREGNANCY-SEX": (
        made(dates__last_menstrual_period="2026-05-02", subscriber__sex="M"),
        made(dates__last_menstrual_period="2026-05-02"),
    ),
    "DIS-BACKWARDS": (
        made(dates__disability_began="2026-06-02", dates__disability_ended="2026-06-01"),
        made(dates__disability_began="2026-06-02", dates__disability_ended="2026-06-02"),
    ),
    # -- dates of service
    "DAT-MISSING": (made(line(day=None)), GOOD),
    "DAT-YEAR": (made(line(day="0202-07-01")), GOOD),
    "DAT-FUTURE": (made(line(day="2026-07-16")), made(line(day=TODAY.isoformat()))),
    "DAT-BACKWARDS": (made(line(day="2026-07-02", last="2026-07-01")), GOOD),
    "DAT-BEFORE-BIRTH": (
        made(subscriber__birth_date="2026-07-02"),
        made(subscriber__birth_date="2026-07-01"),
    ),
    "DAT-AFTER-DEATH": (
        made(known={"patient": PatientFacts(died=TODAY.replace(month=6))}),
        made(known={"patient": PatientFacts(died=TODAY.replace(day=1))}),
    ),
    "DAT-MONTHS": (
        made(line("97110", day="2026-06-30", last="2026-07-01")),
        made(line("97110", day="2026-07-01", last="2026-07-03")),
    ),
    "DAT-SPAN-UNITS": (
        made(line("99232", units=2, last="2026-07-03"), **_INPATIENT),
        made(line("99232", units=3, last="2026-07-03"), **_INPATIENT),
    ),
    "DAT-ICD10-EARLY": (
        made(line(day="2015-09-30")),
        made(line(day="2015-10-01")),
    ),
    "DAT-ICD9-LATE": (
        made(line(day="2015-10-01"), icd="9", diagnoses=["2724"]),
        made(line(day="2015-09-30"), icd="9", diagnoses=["2724"]),
    ),
    "DAT-ICD-MIXED": (
        made(line(day="2015-09-30"), line(day="2015-10-01")),
        made(line(day="2015-10-02"), line(day="2015-10-01")),
    ),
    "DAT-YEARS": (
        made(line(day="2025-12-31"), line(day="2026-01-01")),
        made(line(day="2026-01-02"), line(day="2026-01-01")),
    ),
    # -- places
    "POS-MISSING": (made(place_of_service="1"), GOOD),
    "POS-UNKNOWN": (made(line(place_of_service="29")), made(line(place_of_service="12"))),
    "POS-NOT-YET": (
        made(line(day="2021-12-31"), place_of_service="10"),
        made(line(day="2022-01-01"), place_of_service="10"),
    ),
    "POS-LINE-SAME": (made(line(place_of_service="11")), made(line(place_of_service="12"))),
    "POS-OFFICE-VISIT": (
        made(line("99213"), **_INPATIENT),
        made(line("99213"), place_of_service="22", providers__facility=HOSPITAL),
    ),
    "POS-HOSPITAL-VISIT": (made(line("99223")), made(line("99223"), **_INPATIENT)),
    "POS-EMERGENCY-VISIT": (
        made(line("99284")),
        made(line("99284"), place_of_service="23", providers__facility=HOSPITAL),
    ),
    "POS-NURSING-VISIT": (made(line("99308")), made(line("99308"), place_of_service="32")),
    "POS-HOME-VISIT": (made(line("99348")), made(line("99348"), place_of_service="12")),
    "POS-PREVENTIVE-VISIT": (
        made(line("99396"), place_of_service="23"),
        made(line("99396"), place_of_service="22"),
    ),
    # -- telehealth
    "TEL-MODIFIER": (
        _afar(telehealth_modifiers=frozenset({"95"})),
        _afar("95", telehealth_modifiers=frozenset({"95"})),
    ),
    "TEL-PLACE": (made(line("99213", "95")), _afar("95")),
    "TEL-TWO": (_afar("95", "GT"), _afar("95")),
    "TEL-HANDS": (
        made(line("20610"), place_of_service="02"),
        made(line("90837"), place_of_service="02"),
    ),
    "TEL-AUDIO-FQ": (_afar("93", "FQ"), _afar("FQ")),
    "TEL-AUDIO-VIDEO": (_afar("95", "FQ"), _afar("93", "FQ")),
    "TEL-HOME-PLACE": (
        made(line("99348", "95"), place_of_service="12"),
        made(line("99348"), place_of_service="12"),
    ),
}
