"""One execution environment: imports a handler once, then serves one event at a time.

Started by the function host as ``python -m scripts.localstack.worker <module>
<connection fd> <lifeline fd>``; speaks JSON over the connection. Whatever the
function prints goes to its log, as on Lambda.
"""

from __future__ import annotations

import importlib
import json
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any

from scripts.localstack.children import end_with_pipe
from scripts.localstack.context import LambdaContext


def main(module: str, connection_fd: int, lifeline_fd: int) -> None:
    # Ctrl-C goes to the whole terminal group; the supervisor decides when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_pipe(lifeline_fd)
    connection: Connection[Any, Any] = Connection(connection_fd)
    try:
        handler = importlib.import_module(module).handler
    except BaseException as error:
        traceback.print_exc()
        _send(connection, {"error": {**_told(error), "errorType": "Runtime.ImportModuleError"}})
        sys.exit(1)
    _send(connection, {"ready": True})
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return
        _send(connection, _invoke(handler, request))


def _invoke(handler: Any, request: dict[str, Any]) -> dict[str, Any]:
    context = LambdaContext(**request["context"])
    try:
        # What can't be written as JSON is the function's error, as on Lambda.
        return {"result": json.loads(json.dumps(handler(request["event"], context)))}
    except Exception as error:
        traceback.print_exc()
        return {"error": _told(error)}
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _told(error: BaseException) -> dict[str, Any]:
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_exception(error),
    }


def _send(connection: Connection[Any, Any], message: dict[str, Any]) -> None:
    connection.send_bytes(json.dumps(message).encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
