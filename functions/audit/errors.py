"""What sealing and reading the trail can run into."""

from __future__ import annotations

from caresmith.errors import Conflict


class Overtaken(Conflict):
    kind, title = "overtaken", "Another writer has extended the chain in the meantime."


class ChainBusy(Conflict):
    kind, title = "chain-busy", "Other writers keep extending the chain; try again."


class NotAnEntry(Exception):
    """A stream record that holds no audit entry."""
