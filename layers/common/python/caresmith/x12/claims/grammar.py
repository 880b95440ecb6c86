"""The loops of the 837P (TR3 X222A1 section 2.4), as far as they are read."""

from __future__ import annotations

from typing import Final

from caresmith.x12.grammar import MANY, SE, Loop, Seg, entity, level, loop, seg, when

_ADDRESS: Final = (seg("N3", "street"), seg("N4", "city, state and ZIP"))
_IDS: Final = seg("REF", "secondary identification", most=20)
_CAS: Final = seg("CAS", "adjustment", most=5)


def _provider(id_: str, called: str, *codes: str, most: int = 1) -> Loop:
    return loop(
        id_,
        called,
        entity(*codes),
        seg("PRV", "taxonomy"),
        *_ADDRESS,
        _IDS,
        seg("PER", "contact"),
        most=most,
    )


def _adjudication() -> Loop:
    return loop(
        "2430",
        "line adjudication",
        seg("SVD", "line adjudication", required=True),
        _CAS,
        seg("DTP", "adjudication date", when(1, "573"), required=True),
        seg("AMT", "remaining patient liability", when(1, "EAF")),
        most=15,
    )


_LINE: Final = loop(
    "2400",
    "service line",
    seg("LX", "service line number", required=True),
    seg("SV1", "professional service", required=True),
    seg("SV5", "durable medical equipment"),
    seg("PWK", "supplemental information", most=11),
    seg("CR1", "ambulance transport"),
    seg("CR3", "equipment certification"),
    seg("CRC", "conditions", most=5),
    seg("DTP", "service date", when(1, "472"), required=True),
    seg("DTP", "date", most=11),
    seg("QTY", "count", most=2),
    seg("MEA", "test result", most=5),
    seg("CN1", "contract"),
    seg("REF", "identification", most=20),
    seg("AMT", "amount", when(1, "T", "F4"), most=2),
    seg("K3", "file information", most=10),
    seg("NTE", "note", most=2),
    seg("PS1", "purchased service"),
    seg("HCP", "repricing"),
    loop(
        "2410",
        "drug",
        seg("LIN", "drug", required=True),
        seg("CTP", "drug quantity", required=True),
        seg("REF", "prescription", when(1, "XZ", "VY")),
    ),
    _provider("2420A", "rendering provider", "82"),
    _provider("2420B", "purchased service provider", "QB"),
    _provider("2420C", "service facility", "77"),
    _provider("2420D", "supervising provider", "DQ"),
    _provider("2420E", "ordering provider", "DK"),
    _provider("2420F", "referring provider", "DN", "P3", most=2),
    _adjudication(),
    loop(
        "2440", "form", seg("LQ", "form", required=True), seg("FRM", "answer", most=99), most=MANY
    ),
    required=True,
    most=50,
)


def _other_provider(id_: str, *codes: str, most: int = 1) -> Loop:
    return loop(id_, "other payer's provider", entity(*codes), _IDS, most=most)


_OTHER: Final = loop(
    "2320",
    "other coverage",
    seg("SBR", "other subscriber information", required=True),
    _CAS,
    seg("AMT", "amount", when(1, "D", "A8", "EAF"), most=3),
    seg("OI", "other insurance", required=True),
    seg("MOA", "outpatient adjudication"),
    loop("2330A", "other subscriber", entity("IL"), *_ADDRESS, _IDS, required=True),
    loop(
        "2330B",
        "other payer",
        entity("PR"),
        *_ADDRESS,
        seg("DTP", "adjudication date", when(1, "573")),
        _IDS,
        required=True,
    ),
    _other_provider("2330C", "DN", "P3", most=2),
    _other_provider("2330D", "82"),
    _other_provider("2330E", "77"),
    _other_provider("2330F", "DQ"),
    _other_provider("2330G", "85"),
    most=10,
)


def _claims(*, required: bool) -> Loop:
    return loop(
        "2300",
        "claim",
        seg("CLM", "claim information", required=True),
        seg("DTP", "date", most=20),
        seg("PWK", "supplemental information", most=10),
        seg("CN1", "contract"),
        seg("AMT", "patient amount paid", when(1, "F5")),
        seg("REF", "identification", most=14),
        seg("K3", "file information", most=10),
        seg("NTE", "note"),
        seg("CR1", "ambulance transport"),
        seg("CR2", "spinal manipulation"),
        seg("CRC", "conditions", most=8),
        seg("HI", "health care codes", required=True, most=4),
        seg("HCP", "repricing"),
        _provider("2310A", "referring provider", "DN", "P3", most=2),
        _provider("2310B", "rendering provider", "82"),
        _provider("2310C", "service facility", "77"),
        _provider("2310D", "supervising provider", "DQ"),
        _OTHER,
        _LINE,
        required=required,
        most=100,
    )


_PERSON: Final[tuple[Seg, ...]] = (
    *_ADDRESS,
    seg("DMG", "birth date and sex"),
    seg("REF", "identification", most=3),
    seg("PER", "contact"),
)

GRAMMAR: Final = loop(
    "837",
    "professional claims",
    seg("ST", "transaction set header", required=True),
    seg("BHT", "beginning of the transaction", required=True),
    loop(
        "1000A",
        "submitter",
        entity("41"),
        seg("PER", "contact", required=True, most=2),
        required=True,
    ),
    loop("1000B", "receiver", entity("40"), required=True),
    loop(
        "2000A",
        "billing provider",
        level("20"),
        seg("PRV", "taxonomy"),
        seg("CUR", "currency"),
        loop(
            "2010AA",
            "billing provider's name",
            entity("85"),
            *_ADDRESS,
            seg("REF", "tax id or licence", required=True, most=3),
            seg("PER", "contact", most=2),
            required=True,
        ),
        loop("2010AB", "pay-to address", entity("87"), *_ADDRESS),
        loop("2010AC", "pay-to plan", entity("PE"), *_ADDRESS, _IDS),
        loop(
            "2000B",
            "subscriber",
            level("22"),
            seg("SBR", "subscriber information", required=True),
            seg("PAT", "patient information"),
            loop("2010BA", "subscriber's name", entity("IL"), *_PERSON, required=True),
            loop("2010BB", "payer", entity("PR"), *_ADDRESS, _IDS, required=True),
            _claims(required=False),
            loop(
                "2000C",
                "patient",
                level("23"),
                seg("PAT", "patient information", required=True),
                loop("2010CA", "patient's name", entity("QC"), *_PERSON, required=True),
                _claims(required=True),
                most=MANY,
            ),
            most=MANY,
        ),
        required=True,
        most=MANY,
    ),
    SE,
)
