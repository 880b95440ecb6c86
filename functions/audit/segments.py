"""Segments: audit entries in their order, each segment with the hash of the one before.

A segment is a file of JSON lines: a header, then the entries as they lie in the
table. Its SHA-256 covers every byte, the header names the hash of the segment
before, and so the hash of the last segment vouches for all entries ever sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from caresmith.clock import to_precise_text

Entry = dict[str, Any]
"""An audit entry with all its attributes, as plain values."""

GENESIS: Final = "0" * 64
"""What the first segment names as the hash before it."""
FORMAT: Final = 1
MAX_ENTRIES: Final = 80
"""A link and its entries' marks are one transaction, which takes a hundred writes."""
MAX_REFERENCES: Final = 800
"""References to patients are filed before the link; an interruption repeats at most these."""


class Unreadable(Exception):
    """The bytes are no segment."""


@dataclass(frozen=True)
class Segment:
    """``entries`` of one practice, sorted by their sort key."""

    practice: str
    sequence: int
    previous: str
    sealed_at: str
    entries: tuple[Entry, ...]

    @property
    def header(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "practice": self.practice,
            "sequence": self.sequence,
            "previous": self.previous,
            "count": len(self.entries),
            "first": self.entries[0]["occurred_at"],
            "last": self.entries[-1]["occurred_at"],
            "sealed_at": self.sealed_at,
        }

    @cached_property
    def body(self) -> bytes:
        """The file's bytes."""
        return "".join(canonical(line) + "\n" for line in (self.header, *self.entries)).encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the body, in hexadecimal."""
        return digest_of(self.body)

    @property
    def key(self) -> str:
        """The object's name. It holds part of the digest, so that an attempt that
        never got its link can't stand in the way of the next one."""
        year, month, day = self.header["first"][:10].split("-")
        place = f"{self.practice}/{year}/{month}/{day}"
        return f"{place}/{self.sequence:012d}-{self.digest[:16]}.jsonl"


def segment_after(
    practice: str, sequence: int, previous: str, entries: Sequence[Entry], now: datetime
) -> Segment:
    """The segment that follows number ``sequence``, whose hash is ``previous``."""
    return Segment(practice, sequence + 1, previous, to_precise_text(now), tuple(entries))


def sequence_of_key(key: str) -> int | None:
    """The sequence number in an object's name; None where it is no segment's name."""
    number = key.rpartition("/")[2].partition("-")[0]
    return int(number) if number.isdecimal() else None


def read_segment(body: bytes) -> tuple[dict[str, Any], list[Entry]]:
    """Header and entries of a file. Raises Unreadable."""
    try:
        # Split as bytes: text has further line breaks, which JSON leaves as they are.
        header, *entries = [json.loads(line.decode()) for line in body.splitlines()]
    except ValueError:
        raise Unreadable from None
    if not all(isinstance(line, dict) for line in (header, *entries)):
        raise Unreadable
    return header, entries


def first_chunk(entries: Sequence[Entry]) -> list[Entry]:
    """As many of ``entries`` as one segment takes, at least one."""
    taken: list[Entry] = []
    references = 0
    for entry in entries[:MAX_ENTRIES]:
        references += len(entry.get("patient_ids", ()))
        if taken and references > MAX_REFERENCES:
            break
        taken.append(entry)
    return taken


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once, by time; entries of the same microsecond by their id."""
    once = {entry["entry_id"]: entry for entry in entries}
    return sorted(once.values(), key=lambda entry: entry["sk"])


def is_entry(line: Mapping[str, Any]) -> bool:
    """Whether a line or item has the names and places that every entry has."""
    names = ("pk", "sk", "entry_id", "practice_id", "occurred_at")
    if any(not isinstance(line.get(name), str) for name in names):
        return False
    day = f"{line['practice_id']}#{line['occurred_at'][:10]}#"
    placed: bool = line["pk"].startswith(day)
    return placed and line["sk"] == f"{line['occurred_at']}#{line['entry_id']}"


def differences(entry: Entry, other: Entry) -> str:
    """The names of the attributes that differ."""
    names = sorted(entry.keys() | other.keys())
    return ", ".join(name for name in names if entry.get(name, ...) != other.get(name, ...))


def digest_of(body: bytes) -> str:
    return sha256(body).hexdigest()


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted names, no spaces, no line breaks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plain(item: Mapping[str, Any]) -> Entry:
    """An item in DynamoDB's notation (a stream's image, a raw answer) as plain values."""
    return {name: _value(typed) for name, typed in item.items()}


def _value(typed: Mapping[str, Any]) -> Any:
    [(kind, content)] = typed.items()
    if kind in {"S", "BOOL"}:
        return content
    if kind == "N" and content.lstrip("-").isdecimal():
        return int(content)
    if kind == "NULL":
        return None
    if kind == "L":
        return [_value(each) for each in content]
    if kind == "M":
        return plain(content)
    # Entries hold nothing else; what somebody put there must still have a text.
    return {kind: str(content)}
