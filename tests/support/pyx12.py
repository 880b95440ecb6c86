"""pyx12, an X12 validator written by others, asked what is wrong with a file."""

from __future__ import annotations

import io
import json
import logging
from functools import cache
from typing import Any
from unittest.mock import patch

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

_load = pyx12.map_if.load_map_file


@cache
def _map(name: str) -> Any:
    return _load(name, pyx12.params.params(), None)


def complaints(raw: bytes) -> list[str]:
    """Every error that pyx12 finds by its own maps and code lists, with its place."""
    found = io.StringIO()
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    # Reading a map takes far longer than a small file does; maps do not change.
    with patch.object(pyx12.map_if, "load_map_file", lambda name, *_: _map(name)):
        valid = pyx12.x12n_document.x12n_document(
            pyx12.params.params(),
            io.StringIO(raw.decode("ascii")),
            None,
            None,
            fd_json=found,
        )
    every = list(_errors(json.loads(found.getvalue()), ""))
    assert valid == (not every), "pyx12 contradicts itself"
    return every


def acknowledgement(raw: bytes) -> bytes:
    """The 999 with which pyx12 answers a file."""
    answer = io.StringIO()
    pyx12.x12n_document.x12n_document(
        pyx12.params.params(), io.StringIO(raw.decode("ascii")), answer, None
    )
    return answer.getvalue().encode()


def _errors(part: Any, where: str) -> Any:
    if isinstance(part, list):
        for one in part:
            yield from _errors(one, where)
    elif isinstance(part, dict):
        if "err_str" in part:
            yield f"{where}: {part['err_str']}"
        here = f"{part['seg_id']} line {part.get('cur_line')}" if "seg_id" in part else where
        for value in part.values():
            yield from _errors(value, here)
