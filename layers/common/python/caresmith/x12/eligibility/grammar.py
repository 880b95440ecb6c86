"""The loops of the 271 (TR3 005010X279A1 section 2.4)."""

from __future__ import annotations

from typing import Final

from caresmith.x12.grammar import MANY, SE, Loop, Seg, entity, level, loop, seg, when

VERSION: Final = "005010X279A1"

_REJECTION: Final = seg("AAA", "request validation", most=9)
_ADDRESS: Final = (seg("N3", "street"), seg("N4", "city"))


def _related(id_: str) -> tuple[Seg | Loop, ...]:
    """LS, the entities that a benefit concerns, LE."""
    return (
        seg("LS", "loop header", when(1, "2120")),
        loop(
            id_,
            "entity of the benefit",
            seg("NM1", "name", required=True),
            *_ADDRESS,
            seg("PER", "contact", most=3),
            seg("PRV", "provider"),
            most=23,
        ),
        seg("LE", "loop trailer", when(1, "2120")),
    )


def _benefit(letter: str) -> Loop:
    return loop(
        f"2110{letter}",
        "benefit",
        seg("EB", "benefit", required=True),
        seg("HSD", "delivery", most=9),
        seg("REF", "further identification", most=9),
        seg("DTP", "date of the benefit", most=20),
        _REJECTION,
        seg("MSG", "message", most=10),
        loop(f"2115{letter}", "where or for what", seg("III", "information"), most=10),
        *_related(f"2120{letter}"),
        most=MANY,
    )


def _person(letter: str, *codes: str) -> Loop:
    return loop(
        f"2100{letter}",
        "name of the person",
        entity(*codes),
        seg("REF", "further identification", most=9),
        *_ADDRESS,
        _REJECTION,
        seg("PRV", "provider"),
        seg("DMG", "birth date and sex"),
        seg("INS", "relationship"),
        seg("HI", "diagnosis"),
        seg("DTP", "date", most=9),
        seg("MPI", "military service"),
        _benefit(letter),
        required=True,
    )


RESPONSE_271: Final = loop(
    "271",
    "eligibility response",
    seg("ST", "transaction set header", required=True),
    seg("BHT", "beginning of the transaction", required=True),
    loop(
        "2000A",
        "payer",
        level("20"),
        _REJECTION,
        loop(
            "2100A",
            "payer's name",
            entity("2B", "36", "GP", "P5", "PR"),
            seg("PER", "payer contact", most=3),
            _REJECTION,
            required=True,
        ),
        loop(
            "2000B",
            "receiver of the answer",
            level("21"),
            loop(
                "2100B",
                "receiver's name",
                entity("1P", "2B", "36", "80", "FA", "GP", "P5", "PR"),
                seg("REF", "further identification", most=9),
                *_ADDRESS,
                _REJECTION,
                seg("PRV", "provider"),
                required=True,
            ),
            loop(
                "2000C",
                "subscriber",
                level("22"),
                seg("TRN", "trace", most=3),
                _person("C", "IL"),
                loop(
                    "2000D",
                    "dependent",
                    level("23"),
                    seg("TRN", "trace", most=3),
                    _person("D", "03"),
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


def _asked(letter: str, *codes: str) -> Loop:
    return loop(
        f"2100{letter}",
        "name of the person",
        entity(*codes),
        seg("REF", "further identification", most=9),
        *_ADDRESS,
        seg("PRV", "provider"),
        seg("DMG", "birth date and sex"),
        seg("INS", "relationship"),
        seg("HI", "diagnosis"),
        seg("DTP", "date", most=2),
        loop(
            f"2110{letter}",
            "question",
            seg("EQ", "question", required=True),
            seg("AMT", "spend down", most=2),
            seg("III", "where or for what", most=10),
            seg("REF", "authorization or referral"),
            seg("DTP", "date of the question"),
            most=99,
        ),
        required=True,
    )


REQUEST_270: Final = loop(
    "270",
    "eligibility inquiry",
    seg("ST", "transaction set header", required=True),
    seg("BHT", "beginning of the transaction", required=True),
    loop(
        "2000A",
        "payer",
        level("20"),
        loop("2100A", "payer's name", entity("2B", "36", "GP", "P5", "PR"), required=True),
        loop(
            "2000B",
            "who asks",
            level("21"),
            loop(
                "2100B",
                "name of who asks",
                entity("1P", "2B", "36", "80", "FA", "GP", "P5", "PR"),
                seg("REF", "further identification", most=9),
                *_ADDRESS,
                seg("PRV", "provider"),
                required=True,
            ),
            loop(
                "2000C",
                "subscriber",
                level("22"),
                seg("TRN", "trace", most=2),
                _asked("C", "IL"),
                loop(
                    "2000D",
                    "dependent",
                    level("23"),
                    seg("TRN", "trace", most=2),
                    _asked("D", "03"),
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
