"""The edge that carriers call."""

from __future__ import annotations

from caresmith.dispatch import make_handler

handler = make_handler()
