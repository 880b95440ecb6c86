"""What a fresh machine lacks, brought to it: the only code that runs outside the
virtual environment, so it uses the standard library alone.

Every script begins with

    from scripts.bootstrap import ready
    ready()

which sets up whatever is missing and continues inside the virtual environment.
"""

from __future__ import annotations

import os
import sys

from scripts.bootstrap.paths import ROOT, VENV_PYTHON
from scripts.bootstrap.progress import SetupError


def ready(*, engine: bool = True, web: bool = True) -> None:
    """Set up what is missing, then run this script again inside the virtual environment.

    Returns only when already there. ``engine`` asks for DynamoDB Local and Java,
    ``web`` for the front-end assets. Ends the process with a plain message where
    a tool is missing.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 - this code meets whatever Python there is
        sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".")
    try:
        set_up(engine=engine, web=web)
    except SetupError as error:
        sys.exit(f"\nSet-up stopped: {error}")
    if os.environ.get("CARESMITH_IN_VENV") != str(VENV_PYTHON):
        environment = dict(os.environ, CARESMITH_IN_VENV=str(VENV_PYTHON))
        environment["PYTHONPATH"] = os.pathsep.join(
            [str(ROOT), str(ROOT / "layers" / "common" / "python")]
        )
        sys.stdout.flush()
        os.execve(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv], environment)  # noqa: S606


def set_up(*, engine: bool = True, web: bool = True) -> None:
    """Each step looks whether its result is there and current; twice is cheap."""
    from scripts.bootstrap import assets, codes, dynamodb, environment

    environment.ensure()
    codes.ensure()
    if engine:
        dynamodb.ensure()
        dynamodb.java()
    if web:
        assets.ensure()
