"""HL: every level has its own number and names the level above it."""

from __future__ import annotations

from caresmith.x12.flaws import FlawCode, refuse
from caresmith.x12.walker import Node


def check_hierarchy(root: Node) -> None:
    """Refuse where HL02 is not the number of the level that a loop stands in.

    The loops are told by their place; were another parent meant than the one
    that it follows, a claim would be read for another provider or patient.
    """
    seen: set[str] = set()
    _check(root, "", seen)


def _check(node: Node, parent: str, seen: set[str]) -> None:
    for child in node.children:
        first = child.first
        if first.id != "HL":
            continue
        number = first[1]
        if not number.isdecimal() or number in seen:
            raise refuse(
                FlawCode.HIERARCHY, first, "the level's number is missing or used twice", 1
            )
        seen.add(number)
        if first[2] != parent:
            raise refuse(
                FlawCode.HIERARCHY, first, "the level above is not the one that this follows", 2
            )
        _check(child, number, seen)
