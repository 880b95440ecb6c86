"""The loops of the 276 and 277 (TR3 X212) and of the 277CA (TR3 X214)."""

from __future__ import annotations

from typing import Final

from caresmith.x12.grammar import MANY, SE, Loop, Seg, entity, level, loop, seg, when

STATUS_VERSION: Final = "005010X212"
ACKNOWLEDGEMENT_VERSION: Final = "005010X214"

_HEAD: Final = (
    seg("ST", "transaction set header", required=True),
    seg("BHT", "beginning of the transaction", required=True),
)
_PERSON: Final = (seg("N3", "street"), seg("N4", "city"), seg("DMG", "birth date and sex"))


def _statuses(most: int = MANY) -> Seg:
    return seg("STC", "status", required=True, most=most)


def _line(id_: str) -> Loop:
    return loop(
        id_,
        "service line",
        seg("SVC", "service line", required=True),
        _statuses(),
        seg("REF", "line or prescription number", when(1, "FJ", "XZ"), most=2),
        seg("DTP", "service date", when(1, "472")),
        most=MANY,
    )


def _claim(trace: str, line: str, *references: str) -> Loop:
    return loop(
        trace,
        "claim status",
        seg("TRN", "claim trace", required=True),
        _statuses(),
        seg("REF", "claim identification", when(1, *references), most=6),
        seg("DTP", "service date", when(1, "472")),
        _line(line),
        most=MANY,
    )


_CLAIM_REFERENCES: Final = ("1K", "BLT", "EJ", "XZ", "VV", "D9", "Y4")


def _trace(id_: str) -> Loop:
    """The answer at the level of receiver or provider, where it goes no deeper."""
    return loop(id_, "status", seg("TRN", "trace", required=True), _statuses())


_DEPENDENT: Final = loop(
    "2000E",
    "dependent",
    level("23"),
    loop("2100E", "dependent's name", entity("QC"), *_PERSON, required=True),
    _claim("2200E", "2220E", *_CLAIM_REFERENCES),
    most=MANY,
)
_SUBSCRIBER: Final = loop(
    "2000D",
    "subscriber",
    level("22"),
    loop("2100D", "subscriber's name", entity("IL", "QC"), *_PERSON, required=True),
    _claim("2200D", "2220D", *_CLAIM_REFERENCES),
    _DEPENDENT,
    most=MANY,
)
STATUS_277: Final = loop(
    "277",
    "claim status response",
    *_HEAD,
    loop(
        "2000A",
        "payer",
        level("20"),
        loop(
            "2100A",
            "payer's name",
            entity("PR"),
            seg("PER", "payer contact", most=MANY),
            required=True,
        ),
        loop(
            "2000B",
            "receiver of the answer",
            level("21"),
            loop("2100B", "receiver's name", entity("41"), required=True),
            _trace("2200B"),
            loop(
                "2000C",
                "provider",
                level("19"),
                loop("2100C", "provider's name", entity("1P"), required=True, most=2),
                _trace("2200C"),
                _SUBSCRIBER,
                most=MANY,
            ),
            most=MANY,
        ),
        required=True,
        most=MANY,
    ),
    SE,
)


def _totals(accepted: str, rejected: str) -> tuple[Seg, ...]:
    return (
        seg("REF", "provider identification", most=MANY),
        seg("QTY", "accepted or rejected claims", when(1, accepted, rejected), most=2),
        seg("AMT", "accepted or rejected charges", when(1, "YU", "YY"), most=2),
    )


ACKNOWLEDGEMENT_277: Final = loop(
    "277CA",
    "claim acknowledgement",
    *_HEAD,
    loop(
        "2000A",
        "source of the answer",
        level("20"),
        loop("2100A", "source's name", entity("PR", "AY"), required=True),
        loop(
            "2200A",
            "receipt",
            seg("TRN", "receipt control number", required=True),
            seg("DTP", "receipt or process date", when(1, "050", "009"), most=2),
            most=MANY,
        ),
        loop(
            "2000B",
            "receiver of the answer",
            level("21"),
            loop("2100B", "receiver's name", entity("41"), required=True),
            loop(
                "2200B",
                "the file as a whole",
                seg("TRN", "trace", required=True),
                _statuses(),
                *_totals("90", "AA"),
            ),
            loop(
                "2000C",
                "billing provider",
                level("19"),
                loop("2100C", "billing provider's name", entity("85"), required=True, most=MANY),
                loop(
                    "2200C",
                    "the provider's claims as a whole",
                    seg("TRN", "trace", required=True),
                    seg("STC", "status", most=MANY),
                    *_totals("QA", "QC"),
                ),
                loop(
                    "2000D",
                    "patient",
                    level("PT"),
                    loop("2100D", "patient's name", entity("QC"), required=True),
                    _claim("2200D", "2220D", "1K", "BLT", "D9"),
                    most=MANY,
                ),
                most=MANY,
            ),
            most=MANY,
        ),
        required=True,
        most=MANY,
    ),
    SE,
)


def _asked(trace: str, line: str) -> Loop:
    return loop(
        trace,
        "claim",
        seg("TRN", "trace", required=True),
        seg("REF", "claim identification", when(1, *_CLAIM_REFERENCES, "1K", "LU", "EA"), most=8),
        seg("AMT", "charge", when(1, "T3")),
        seg("DTP", "service date", when(1, "472")),
        loop(
            line,
            "service line",
            seg("SVC", "service line", required=True),
            seg("REF", "line number", when(1, "FJ")),
            seg("DTP", "service date", when(1, "472"), required=True),
            most=MANY,
        ),
        most=MANY,
    )


INQUIRY_276: Final = loop(
    "276",
    "claim status request",
    *_HEAD,
    loop(
        "2000A",
        "payer",
        level("20"),
        loop("2100A", "payer's name", entity("PR"), required=True),
        loop(
            "2000B",
            "who asks",
            level("21"),
            loop("2100B", "name of who asks", entity("41"), required=True),
            loop(
                "2000C",
                "provider",
                level("19"),
                loop("2100C", "provider's name", entity("1P"), required=True, most=2),
                loop(
                    "2000D",
                    "subscriber",
                    level("22"),
                    seg("DMG", "birth date and sex"),
                    loop("2100D", "subscriber's name", entity("IL"), required=True),
                    _asked("2200D", "2210D"),
                    loop(
                        "2000E",
                        "dependent",
                        level("23"),
                        seg("DMG", "birth date and sex", required=True),
                        loop("2100E", "dependent's name", entity("QC"), required=True),
                        _asked("2200E", "2210E"),
                        most=MANY,
                    ),
                    required=True,
                    most=MANY,
                ),
                required=True,
                most=MANY,
            ),
            required=True,
            most=MANY,
        ),
        required=True,
        most=MANY,
    ),
    SE,
)
