"""What the routes take and answer."""

from __future__ import annotations

from typing import Annotated, Final, Generic, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.clock import Instant
from caresmith.ids import (
    EncounterId,
    LocationId,
    PatientId,
    ProviderId,
)
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.content import ContentT, Read
from caresmith.records.clinical.encounter import (
    BillingPart,
    Encounter,
    EncounterClass,
    EncounterStatus,
    VisitPart,
)
from caresmith.records.clinical.planning import RequestStatus, Task
from caresmith.text import Line, Note
from functions.encounters.prose import Copied, Key, NoteBody, Part, Prose, Section, within_limit


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


# -- encounters -----------------------------------------------------------


class EncounterRequest(_Request):
    """Open an encounter by hand: a walk-in, a call, a visit that was not on the calendar."""

    patient_id: PatientId
    provider_id: ProviderId
    location_id: LocationId
    class_code: EncounterClass = EncounterClass.AMBULATORY
    start: AwareDatetime | None = None
    """Now, where it is left out."""
    reason: Note | None = None
    type: Concept | None = None


class EncounterMove(_Request):
    status: EncounterStatus


class VisitChange(_Request):
    reason: Note | None = None
    type: Concept | None = None
    provider_id: ProviderId | None = None


class StatusEntry(_Answer):
    status: EncounterStatus
    at: Instant
    by: str


class EncounterRead(Encounter):
    visit: VisitPart
    history: list[StatusEntry]
    missing: list[str]
    """What it needs before it closes: signature, cosignature, diagnosis, service."""
    note_version: int
    signed: bool
    cosigner_id: ProviderId | None


class BillingRead(Encounter):
    """What a charge is made from: no note, no reason."""

    billing: BillingPart
    missing: list[str]


class OpenEncounter(_Answer):
    encounter_id: EncounterId
    patient_id: PatientId
    what: Literal["finish", "cosign"]
    start: Instant


class OpenList(_Answer):
    encounters: list[OpenEncounter]


# -- notes ----------------------------------------------------------------

Editor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class NoteSave(_Request):
    template_id: Key
    sections: tuple[Section, ...] = Field(min_length=1, max_length=40)
    editor: Editor
    """A random name of the open editor: its own earlier saves never conflict with its next."""
    turn: int = Field(ge=1, le=1_000_000)
    """Counts the editor's saves, so that one that arrives late is known for it."""
    merges: tuple[str, ...] = Field(default=(), max_length=100)
    """Ids of texts beside the note that this text takes up, or that are not needed."""

    @model_validator(mode="after")
    def _fits(self) -> NoteSave:
        within_limit(self.sections)
        return self


class NoteSaved(_Answer):
    note_version: int
    saved_at: Instant


class SignRequest(_Request):
    cosigner_id: ProviderId | None = None


class Addendum(_Request):
    text: Annotated[Prose, StringConstraints(min_length=1, max_length=20_000)]


class Cosignature(_Request):
    attestation: Annotated[Prose, StringConstraints(max_length=5000)] = ""


class CopyForward(_Request):
    from_encounter: EncounterId
    sections: tuple[Key, ...] = Field(min_length=1, max_length=40)
    editor: Editor
    turn: int = Field(ge=1, le=1_000_000)


class SectionRead(_Answer):
    key: Key
    part: Part
    title: Line
    text: str
    copied: tuple[Copied, ...]


class SideRead(_Answer):
    """A text that came too late, to be merged."""

    side_id: str
    base_version: int
    saved_at: Instant
    saved_by: str
    merged_in: int | None
    body: NoteBody


class Beside(_Answer):
    texts: list[SideRead]


class SignatureRead(_Answer):
    number: int
    role: Literal["author", "addendum", "cosigner"]
    note_version: int
    signed_at: Instant
    signed_by: str
    provider_id: ProviderId | None
    text: str
    """The addendum's text, or the co-signer's attestation."""
    digest: str


class NoteRead(_Answer):
    encounter_id: EncounterId
    patient_id: PatientId
    note_version: int
    state: Literal["draft", "signed"]
    fhir_status: Literal["preliminary", "final", "amended"]
    """http://hl7.org/fhir/ValueSet/composition-status"""
    cosigner_id: ProviderId | None
    template_id: Key
    sections: list[SectionRead]
    signatures: list[SignatureRead]
    waiting: list[SideRead]
    intact: bool
    """Whether every signature fits the text that it signed, and the signatures each other."""


class VersionLine(_Answer):
    note_version: int
    saved_at: Instant
    saved_by: str


class Versions(_Answer):
    versions: list[VersionLine]


# -- templates and phrases -------------------------------------------------


class TemplateSection(_Request):
    key: Key
    part: Part
    title: Line
    text: Annotated[Prose, StringConstraints(max_length=10_000)] = ""
    """What the section begins with."""


class Template(_Request):
    name: Line
    specialties: tuple[Line, ...] = Field(default=(), max_length=20)
    """For whose visits it is offered first; empty for all."""
    sections: tuple[TemplateSection, ...] = Field(min_length=1, max_length=40)
    retired: bool = False


class TemplateRead(Template):
    template_id: Key
    version: int
    """0 for one that comes with the system and was not changed."""


class Templates(_Answer):
    templates: list[TemplateRead]


PHRASE_NAME: Final = r"^[a-z][a-z0-9-]{0,29}$"
PhraseName = Annotated[str, StringConstraints(pattern=PHRASE_NAME)]


class Phrase(_Request):
    text: Annotated[Prose, StringConstraints(min_length=1, max_length=5000)]


class PhraseRead(Phrase):
    name: PhraseName
    mine: bool
    version: int


class Phrases(_Answer):
    phrases: list[PhraseRead]


# -- the chart --------------------------------------------------------------


class New(_Request, Generic[ContentT]):
    """An entry to be added, and the visit at which it was noted."""

    content: ContentT
    encounter_id: EncounterId | None = None


class Page(_Answer, Generic[ContentT]):
    """A page of a kind's history: what matters now first, then the latest date first."""

    entries: list[Read[ContentT]]
    cursor: str | None = None


class FormerVersions(_Answer, Generic[ContentT]):
    """What an entry said before, the latest first."""

    versions: list[Read[ContentT]]


class OrderMove(_Request):
    status: RequestStatus
    reason: Line | None = None


class TaskList(_Answer):
    tasks: list[Read[Task]]
