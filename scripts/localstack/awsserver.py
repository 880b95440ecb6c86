"""The AWS services that have no engine of their own, in a process of their own.

moto's server with what it lacks added: Cognito that demands the second factor,
JSONata in state machines, mail that is carried to a mailbox, and state that outlasts
the process. Run as ``python -m scripts.localstack.awsserver <port> <state file> <carrier>``.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from scripts.localstack import cognito, jsonata, mail
from scripts.localstack.crossorigin import AnswersPages
from scripts.localstack.keeping import Keeper

_SERVICES: Final = {
    "AWSCognitoIdentityProviderService": "cognito-idp",
    "TrentService": "kms",
    "secretsmanager": "secretsmanager",
}


class _KeepsChanges:
    """WSGI middleware: what a request changed is kept before its answer leaves."""

    def __init__(self, app: Any, keeper: Keeper) -> None:
        self._app, self._keeper = app, keeper

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._app(environ, start)
        target, _, action = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        service = _SERVICES.get(target) or _signed_for(environ)
        self._keeper.after_request(
            service, action, environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        )
        return answer


class _Handler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"  # Keeps connections open.
    disable_nagle_algorithm = True  # Else each answer's body waits 40 ms behind its head.

    def log_request(self, *_: Any) -> None:
        """Every call of every poller would be a line."""


def _signed_for(environ: dict[str, Any]) -> str:
    """The service that the request's signature names."""
    parts = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
    return parts[3] if len(parts) > 3 else ""


def main(port: int, state: Path, carrier: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["lambda"] = {"use_docker": False}
    keeper = Keeper(state)
    keeper.restore()
    carried = mail.carried_by(mail.to_carrier(carrier))
    with cognito.like_the_cloud(), jsonata.evaluated(), carried:
        moto = AnswersPages(DomainDispatcherApplication(create_backend_app))
        app = _KeepsChanges(moto, keeper)
        make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
