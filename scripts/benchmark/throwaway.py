"""A whole system in this process for one run: real engine in memory, moto for the rest.

The environment is set before any module of ours that reads it is imported, so
import what uses the system inside the ``with`` block.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from scripts.bootstrap.paths import ASSETS


@contextmanager
def throwaway_system() -> Iterator[None]:
    """Tables, keys, queues and pools of the manifest; all is gone when the block ends."""
    from moto import mock_aws

    from scripts.localstack import cognito
    from scripts.localstack.clients import Clients
    from scripts.localstack.engine import DynamoDBLocal
    from scripts.localstack.provision import provision
    from scripts.localstack.system import Deployment, System

    with DynamoDBLocal() as engine:
        deployment = Deployment("bench", engine.endpoint, str(ASSETS))
        os.environ.update(deployment.environment())
        os.environ["POWERTOOLS_SERVICE_NAME"] = "bench"
        with mock_aws(), cognito.like_the_cloud():
            pools = provision(Clients(deployment), deployment, System())
            os.environ.update(replace(deployment, pools=pools).environment())
            yield
