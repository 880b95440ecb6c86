"""The command line of ``scripts/intents``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from functions.webhooks.phrases import Intent
from scripts.understanding.scoring import (
    PARTS,
    REPLIES,
    Labelled,
    accuracy,
    confusion,
    labelled,
    precision,
    recall,
)


def main(arguments: list[str]) -> int:
    """Print the figures; 1 where a visit would have been cancelled by mistake."""
    parser = argparse.ArgumentParser(
        prog="scripts/intents", description="How well labelled replies are understood."
    )
    parser.add_argument("--replies", type=Path, default=REPLIES, help="part,language,intent,text")
    parser.add_argument("--wrong", action="store_true", help="list what was not understood right")
    chosen = parser.parse_args(arguments)
    replies = labelled(chosen.replies)
    for part, what in PARTS.items():
        _line(f"{part}: {what}", [r for r in replies if r.part == part])
    for language in sorted({r.language for r in replies}):
        _line(f"language {language}", [r for r in replies if r.language == language])
    _line("all", replies)
    _table(replies)
    wrong = [reply for reply in replies if not reply.right]
    for reply in wrong if chosen.wrong else []:
        print(f"  {reply.expected:11} taken for {reply.understood:11} {reply.text}")
    return 1 if precision(replies, Intent.CANCEL) < 1 else 0


def _line(name: str, replies: Sequence[Labelled]) -> None:
    print(
        f"{name:58} {len(replies):4} replies, accuracy {accuracy(replies):6.1%}, "
        f"cancel precision {precision(replies, Intent.CANCEL):6.1%}, "
        f"recall {recall(replies, Intent.CANCEL):6.1%}"
    )


def _table(replies: Sequence[Labelled]) -> None:
    counts = confusion(replies)
    names = [str(intent) for intent in Intent]
    print("\nwas (down) taken for (across)\n" + " " * 11 + "".join(f"{n[:7]:>8}" for n in names))
    for expected in names:
        cells = (counts[(expected, got)] for got in names)
        print(f"{expected:11}" + "".join(f"{count or '.':>8}" for count in cells))
