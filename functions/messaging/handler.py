"""Messages: sending, conversations, the inbox."""

from __future__ import annotations

from caresmith.dispatch import make_handler
from functions.messaging.app import app

__all__ = ["app", "handler"]

handler = make_handler(app)
