"""The practice clocks."""

from __future__ import annotations

from caresmith.dispatch import make_handler

handler = make_handler()
