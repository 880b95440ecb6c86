"""Child processes that never outlive the supervisor, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_libc: Final = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Runs in a new child: have the kernel kill it when the thread that started it ends.

    prctl(2) means the *thread*, so only long-lived threads may start such
    children. Elsewhere than on Linux this does nothing.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def end_with_pipe(descriptor: int) -> None:
    """End this process when the other end of the pipe is closed, which death does too.

    For children that any thread may start: the supervisor keeps the writing end
    and never writes.
    """

    def watch() -> None:
        os.read(descriptor, 1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="lifeline").start()
