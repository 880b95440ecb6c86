"""Wakes pollers when something has happened, so that they may sleep otherwise."""

from __future__ import annotations

import threading


class Pulse:
    """Counts beats; a poller waits for the next one, or until its patience ends."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._beats = 0
        self.stopping = False

    def beat(self) -> None:
        with self._changed:
            self._beats += 1
            self._changed.notify_all()

    def stop(self) -> None:
        """Let every poller end."""
        self.stopping = True
        self.beat()

    def wait(self, seen: int, seconds: float) -> int:
        """Returns the count of beats, at once where it is no longer ``seen``."""
        with self._changed:
            if self._beats == seen and not self.stopping:
                self._changed.wait(seconds)
            return self._beats
