"""The edge that carriers call, and who follows a link in an e-mail."""

from __future__ import annotations

from caresmith.dispatch import make_handler
from functions.webhooks.app import app

__all__ = ["app", "handler"]

handler = make_handler(app)
