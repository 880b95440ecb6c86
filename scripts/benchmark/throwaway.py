"""A whole system in this process for one run: real engine in memory, moto for the rest.

The environment is set before any module of ours that reads it is imported, so
import what uses the system inside the ``with`` block.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bootstrap.paths import ASSETS

if TYPE_CHECKING:
    from scripts.localstack.system import Deployment


@contextmanager
def throwaway_system(data: Path | None = None) -> Iterator[Deployment]:
    """Tables, keys, queues and pools of the manifest; all is gone when the block ends.

    On the folder ``data`` the engine finds its way in streams by indexes, which it does not in
    memory: there, the more was written the slower it writes.
    """
    from moto import mock_aws

    from scripts.localstack import cognito
    from scripts.localstack.clients import Clients
    from scripts.localstack.engine import DynamoDBLocal
    from scripts.localstack.provision import provision
    from scripts.localstack.system import Deployment, System

    with DynamoDBLocal(data) as engine:
        deployment = Deployment(
            "bench", engine.endpoint, str(ASSETS), public_url="https://caresmith.test"
        )
        os.environ.update(deployment.environment())
        os.environ["POWERTOOLS_SERVICE_NAME"] = "bench"
        with mock_aws(), cognito.like_the_cloud():
            pools = provision(Clients(deployment), deployment, System())
            engine.index_streams()
            deployment = replace(deployment, pools=pools)
            os.environ.update(deployment.environment())
            for function in System().functions:
                os.environ.update(deployment.granted(function))
            yield deployment
