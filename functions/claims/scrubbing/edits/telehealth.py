"""Visits from afar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits.modifier_table import TELEHEALTH
from functions.claims.scrubbing.families import TELEHEALTH_NEVER
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, fix, hit, line_edit

_AFAR: Final = frozenset({"02", "10"})
_AT: Final = "procedure.modifiers"


@line_edit(
    "TEL-MODIFIER",
    ERROR,
    "Telehealth without the payer's modifier",
    guards="2400 SV101-3",
    source="The payer's telehealth policy, as its profile has it; Medicare Claims Processing "
    "Manual ch. 12 §190.3",
    message="Line {line} is telehealth (place {place}): this payer wants modifier {wanted}.",
)
def without_modifier(case: Case, line: Line) -> Iterator[Hit]:
    wanted = case.facts.payer.telehealth_modifiers
    if line.place in _AFAR and wanted and wanted.isdisjoint(line.modifiers):
        only = None
        full = len(line.modifiers) >= 4  # noqa: PLR2004 - SV101-6
        told = line.has("FQ") or not TELEHEALTH.isdisjoint(line.modifiers)
        if len(wanted) == 1 and not (full or told or case.done_before(line)):
            added = [*line.modifiers, *wanted]
            only = fix(f"Add {added[-1]}", (f"{line.path}.{_AT}", added))
        yield hit(_AT, fix=only, place=line.place, wanted=" or ".join(sorted(wanted)))


@line_edit(
    "TEL-PLACE",
    ERROR,
    "A telehealth modifier at a place that is none",
    guards="2400 SV105",
    source="Medicare Claims Processing Manual ch. 12 §190.3: places 02 and 10",
    message="Line {line} has {modifier}, and place {place} is not of telehealth: for this payer "
    "{wanted}.",
    modifiers=TELEHEALTH,
)
def modifier_without_place(case: Case, line: Line) -> Iterator[Hit]:
    places = case.facts.payer.telehealth_places
    if places and line.place not in places:
        modifier = next(one for one in line.modifiers if one in TELEHEALTH)
        wanted = " or ".join(sorted(places))
        yield hit("place_of_service", modifier=modifier, place=line.place, wanted=wanted)


@line_edit(
    "TEL-TWO",
    ERROR,
    "Two telehealth modifiers",
    guards="2400 SV101-3 to SV101-6",
    source="CPT appendices P and T by their numbers: 95 is with video, 93 without",
    message="Line {line} has {count} telehealth modifiers, and a visit is of one kind.",
    modifiers=TELEHEALTH,
)
def two_modifiers(case: Case, line: Line) -> Iterator[Hit]:
    count = len(TELEHEALTH & set(line.modifiers))
    if count > 1:
        yield hit(_AT, count=count)


@line_edit(
    "TEL-HANDS",
    ERROR,
    "A procedure or image by telehealth",
    guards="2400 SV105, SV101-2",
    source="CMS, List of Telehealth Services; 42 CFR 410.78(b)",
    message="{code} can't be done from afar (place {place}).",
    codes=TELEHEALTH_NEVER,
)
def hands_from_afar(case: Case, line: Line) -> Iterator[Hit]:
    if line.place in _AFAR:
        yield hit("place_of_service", place=line.place)


@line_edit(
    "TEL-AUDIO-FQ",
    WARNING,
    "FQ and 93 on one line",
    guards="2400 SV101-3 to SV101-6",
    source="CMS MM12549: FQ or 93 for audio alone, by who bills",
    message="FQ and 93 both say that there was no video: one is enough.",
    modifiers=frozenset({"FQ"}),
)
def audio_twice(case: Case, line: Line) -> Iterator[Hit]:
    if line.has("93"):
        yield hit(_AT)


@line_edit(
    "TEL-AUDIO-VIDEO",
    ERROR,
    "Audio alone, and with video",
    guards="2400 SV101-3 to SV101-6",
    source="HCPCS level II: FQ is audio alone; 95 and GT are with video",
    message="FQ says that there was no video, and {modifier} that there was.",
    modifiers=frozenset({"FQ"}),
)
def audio_and_video(case: Case, line: Line) -> Iterator[Hit]:
    modifier = next((one for one in line.modifiers if one in {"95", "GT"}), None)
    if modifier:
        yield hit(_AT, modifier=modifier)


@line_edit(
    "TEL-HOME-PLACE",
    WARNING,
    "A visit at home with a telehealth modifier",
    guards="2400 SV105",
    source="CMS, place of service 10: telehealth in the patient's home",
    message="Place 12 is a visit by somebody who came; by telehealth in the patient's home it is "
    "10.",
    modifiers=TELEHEALTH,
)
def home_from_afar(case: Case, line: Line) -> Iterator[Hit]:
    if line.place == "12":
        yield hit("place_of_service")
