"""The Chalice app: each carrier's routes, and those of our links, are a blueprint."""

from __future__ import annotations

from typing import Final

from functions.webhooks.edge import WebhookApp
from functions.webhooks.links import link_routes
from functions.webhooks.sns import sns_routes
from functions.webhooks.twilio import twilio_routes

app: Final = WebhookApp("webhooks")
for routes in (twilio_routes, sns_routes, link_routes):
    app.register_blueprint(routes)
