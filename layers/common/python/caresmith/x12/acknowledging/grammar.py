"""The loops of the 999 (TR3 005010X231A1)."""

from __future__ import annotations

from typing import Final

from caresmith.x12.grammar import MANY, SE, loop, seg

VERSION: Final = "005010X231A1"

_CONTEXT: Final = seg("CTX", "context", most=10)
GRAMMAR: Final = loop(
    "999",
    "implementation acknowledgement",
    seg("ST", "transaction set header", required=True),
    seg("AK1", "group response header", required=True),
    loop(
        "2000",
        "transaction set response",
        seg("AK2", "transaction set response header", required=True),
        loop(
            "2100",
            "segment error",
            seg("IK3", "segment error", required=True),
            _CONTEXT,
            loop(
                "2110",
                "element error",
                seg("IK4", "element error", required=True),
                _CONTEXT,
                most=MANY,
            ),
            most=MANY,
        ),
        seg("IK5", "transaction set response trailer", required=True),
        most=MANY,
    ),
    seg("AK9", "group response trailer", required=True),
    SE,
)
