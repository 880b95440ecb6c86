"""What is behind the links of our e-mails: a question to answer, the end of all e-mails.

Who holds a link's secret may answer what it asks and see no more than the e-mail
said. Mail scanners follow links, so looking changes nothing: only a POST acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args
from urllib.parse import parse_qs

from chalice.app import Response

from functions.webhooks import answering, unsubscribing
from functions.webhooks.answering import Answer, OpenLink
from functions.webhooks.edge import FORM, Call, VerifiedBlueprint, current_call, verified_by
from functions.webhooks.errors import LinkUnknown, Unreadable
from functions.webhooks.pages import page, problem_page
from functions.webhooks.unsubscribing import Subscription

link_routes: Final = VerifiedBlueprint(__name__)

_SECRETS: Final = range(20, 120)
"""Lengths that a secret can have."""
_WHATEVER: Final = ["*/*"]
"""Chalice looks at a GET's content type as well."""
_ANY_FORM: Final = [*FORM, "multipart/form-data"]
"""RFC 8058, 3.1 lets a mail program choose."""


def answer_secret(_: Call, parameters: Mapping[str, str]) -> OpenLink:
    """The question behind the secret. Raises LinkUnknown."""
    if len(parameters["secret"]) not in _SECRETS:
        raise LinkUnknown
    return answering.open_link(parameters["secret"])


def unsubscribe_secret(_: Call, parameters: Mapping[str, str]) -> Subscription:
    """Whose e-mails the secret ends. Raises LinkUnknown."""
    if len(parameters["secret"]) not in _SECRETS:
        raise LinkUnknown
    return unsubscribing.open_subscription(parameters["secret"])


@link_routes.route("/webhooks/answers/{secret}", methods=["GET"], content_types=_WHATEVER)
@verified_by(answer_secret, errors=problem_page)
def show_question(link: OpenLink) -> Response:
    """When the visit is, and the ways to answer."""
    return page("answer", answering.look(link, current_call().now))


@link_routes.route("/webhooks/answers/{secret}", methods=["POST"], content_types=FORM)
@verified_by(answer_secret, errors=problem_page)
def take_answer(link: OpenLink) -> Response:
    """One of the ways was chosen."""
    form = _form(current_call())
    wanted: Answer | None = next((a for a in get_args(Answer) if a == form.get("answer")), None)
    if wanted is None:
        raise Unreadable
    seen = form.get("answered", "")
    return page("answer", answering.answer(link, wanted, seen, current_call().now))


@link_routes.route("/webhooks/unsubscribe/{secret}", methods=["GET"], content_types=_WHATEVER)
@verified_by(unsubscribe_secret, errors=problem_page)
def ask_to_unsubscribe(subscription: Subscription) -> Response:
    """A button: mail scanners that follow the link end nobody's e-mails."""
    return page("unsubscribe", unsubscribing.look(subscription, current_call().now))


@link_routes.route("/webhooks/unsubscribe/{secret}", methods=["POST"], content_types=_ANY_FORM)
@verified_by(unsubscribe_secret, errors=problem_page)
def unsubscribe(subscription: Subscription) -> Response:
    """One click in the mail program (RFC 8058, List-Unsubscribe=One-Click), or the button."""
    return page("unsubscribe", unsubscribing.end(subscription, current_call().now))


def _form(call: Call) -> dict[str, str]:
    fields = parse_qs(call.body, keep_blank_values=True, max_num_fields=20)
    return {name: values[-1] for name, values in fields.items()}
