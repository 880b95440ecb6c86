"""Which segment belongs to which: orders to patients, observations and notes to orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from functions.results.hl7.segments import Segment


@dataclass
class Group:
    """One OBR with what belongs to it."""

    orc: Segment | None
    obr: Segment
    observed: list[tuple[Segment, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    specimen: Segment | None = None
    studies: list[str] = field(default_factory=list)
    """DICOM studies of a ZDS segment (IHE Radiology)."""


class Grouping:
    """Puts segments where they belong: each OBR to its PID, each OBX and NTE to its OBR."""

    def __init__(self) -> None:
        self.patients: list[tuple[Segment | None, list[Group]]] = []
        """Each PID with its orders; None where a message has results of nobody."""
        self._orc: Segment | None = None
        self._notes: list[str] = []
        self._places: Final[dict[str, Callable[[Segment], None]]] = {
            "PID": self._pid,
            "ORC": self._order,
            "OBR": self._obr,
            "NTE": self._note,
            "SPM": self._specimen,
            "ZDS": self._study,
        }

    def add(self, segment: Segment) -> bool:
        """False for an observation of which nobody knows what it is about."""
        if segment.name == "OBX":
            return self._obx(segment)
        place = self._places.get(segment.name)
        if place is not None:
            place(segment)
        return True

    @property
    def _group(self) -> Group | None:
        return self.patients[-1][1][-1] if self.patients and self.patients[-1][1] else None

    def _pid(self, pid: Segment) -> None:
        self.patients.append((pid, []))
        self._orc, self._notes = None, []

    def _order(self, orc: Segment) -> None:
        self._orc = orc

    def _obr(self, obr: Segment) -> None:
        if not self.patients:
            self.patients.append((None, []))
        group = Group(self._orc, obr)
        self.patients[-1][1].append(group)
        self._orc, self._notes = None, group.notes

    def _obx(self, obx: Segment) -> bool:
        group = self._group
        if group is None or self._orc is not None:
            return False
        self._notes = []
        group.observed.append((obx, self._notes))
        return True

    def _note(self, nte: Segment) -> None:
        """About what stands before it."""
        self._notes.append("\n".join(line.whole().strip() for line in nte.repetitions(3)))

    def _specimen(self, spm: Segment) -> None:
        if self._group is not None:
            self._group.specimen = self._group.specimen or spm

    def _study(self, zds: Segment) -> None:
        if self._group is not None:
            self._group.studies.append(zds.text(1))
