"""An engine and services of its own for one simulation, gone when it ends."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from scripts.bootstrap.paths import ASSETS

if TYPE_CHECKING:
    from scripts.localstack.system import Deployment

_FAST: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a disk in memory


@contextmanager
def stage(name: str) -> Iterator[tuple[Deployment, Path]]:
    """The deployment, whose environment is set, and a folder for what is to be kept."""
    from moto import mock_aws

    from scripts.localstack import cognito
    from scripts.localstack.clients import Clients
    from scripts.localstack.engine import DynamoDBLocal
    from scripts.localstack.provision import provision
    from scripts.localstack.system import Deployment, System

    with ExitStack() as stack:
        # In files: SQLite in memory goes through all of its pages at each commit.
        folder = Path(stack.enter_context(TemporaryDirectory(dir=_FAST)))
        engine = stack.enter_context(DynamoDBLocal(folder / "engine"))
        deployment = Deployment(
            name, engine.endpoint, str(ASSETS), public_url="https://caresmith.test"
        )
        os.environ.update(deployment.environment())
        os.environ["POWERTOOLS_SERVICE_NAME"] = "simulation"
        os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
        stack.enter_context(mock_aws())
        stack.enter_context(cognito.like_the_cloud())
        # Events are heard as they are written, so nobody reads a stream; and the engine
        # drops what has expired by the clock on the wall, which is not the simulation's.
        quiet = System(
            tables=tuple(replace(table, stream=False, ttl=None) for table in System().tables)
        )
        pools = provision(Clients(deployment), deployment, quiet)
        deployment = replace(deployment, pools=pools)
        os.environ.update(deployment.environment())
        for function in System().functions:
            os.environ.update(deployment.granted(function))
        logging.disable(logging.CRITICAL)
        yield deployment, folder
