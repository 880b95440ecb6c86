"""MLLP's frames: VT, the message, FS CR (HL7 v2.5.1, appendix C of the implementation guide)."""

from __future__ import annotations

from typing import Final

START: Final = b"\x0b"
END: Final = b"\x1c\r"
MOST_BYTES: Final = 4 * 1024 * 1024


class BrokenFrame(Exception):
    """What came is no frame, or a longer one than any message may be."""


def framed(message: bytes) -> bytes:
    return START + message + END


class Frames:
    """Puts frames together from what arrives in pieces of any size."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete now. Raises BrokenFrame."""
        self._held += data
        complete = []
        while True:
            end = self._held.find(END)
            if end < 0:
                break
            frame = bytes(self._held[:end])
            del self._held[: end + len(END)]
            start = frame.rfind(START)
            if start < 0:
                raise BrokenFrame("a block ends that had not begun")
            complete.append(frame[start + 1 :])
        if len(self._held) > MOST_BYTES:
            raise BrokenFrame("a block is longer than a message may be")
        return complete
