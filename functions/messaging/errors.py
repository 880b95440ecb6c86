"""What writing to people can run into, each with its sentence."""

from __future__ import annotations

from caresmith.errors import Conflict


class OptedOut(Conflict):
    kind = "opted-out"
    title = "This number or address has answered STOP: nothing may be sent there."


class NoContactPoint(Conflict):
    kind = "no-contact-point"
    title = "There is no number or address at which the patient may be written to."


class TaskDone(Conflict):
    kind, title = "task-done", "Somebody has done this already."


class TaskTaken(Conflict):
    kind, title = "task-taken", "A colleague has taken this."
