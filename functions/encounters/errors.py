"""What the clinical record refuses, each with its sentence."""

from __future__ import annotations

from caresmith.errors import Conflict, Forbidden, VersionConflict


class IllegalMove(Conflict):
    kind, title = "illegal-move", "It can't go from its present state to that one."


class EncounterOver(Conflict):
    kind, title = "encounter-over", "The encounter is closed, cancelled or entered in error."


class NotClosable(Conflict):
    kind = "not-closable"
    title = "The encounter can't be closed yet: something that a charge needs is missing."


class NoteConflict(VersionConflict):
    kind = "note-conflict"
    title = "Somebody else saved this note meanwhile. Your text is kept beside theirs: merge them."


class NoteSigned(Conflict):
    kind = "note-signed"
    title = "The note is signed and is not changed any more. Your text is kept: add an addendum."


class NoteNotSigned(Conflict):
    kind, title = "note-not-signed", "The note is not signed yet: go on writing in it."


class TextsToMerge(Conflict):
    kind = "texts-to-merge"
    title = "Text of another editor waits beside this note. Merge or dismiss it, then sign."


class NeedsCosigner(Conflict):
    kind = "needs-cosigner"
    title = "Only a provider signs alone. Name the provider who is to co-sign."


class NotForYouToCosign(Forbidden):
    kind = "not-for-you-to-cosign"
    title = "A note is co-signed by a provider who did not sign it."


class NoCosignWanted(Conflict):
    kind, title = "no-cosign-wanted", "This note does not wait for a co-signature."


class AlreadyThere(Conflict):
    kind, title = "already-there", "The chart has this already."
