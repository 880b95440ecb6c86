"""What a test process lets go of as it goes on, so that its last test is as quick as its first.

Tests never see each other's practice, but some look through a whole table, or through all
schedules: what earlier tests have left there would make each of them slower than the last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.parameters.base import DEFAULT_PROVIDERS
from moto.backends import get_backend

from scripts.localstack.clients import Clients
from scripts.localstack.provision import make_tables
from scripts.localstack.system import Deployment, System


class Tables:
    """The tables of the process, once they are made."""

    def __init__(self) -> None:
        self._make: Callable[[], None] | None = None
        self._clients: Clients | None = None

    def made(self, clients: Clients, deployment: Deployment, system: System) -> None:
        self._clients = clients
        self._make = lambda: make_tables(clients, deployment, system)

    def empty(self) -> None:
        """Make them anew, which is quicker than deleting what they hold."""
        if self._make is None or self._clients is None:
            return
        dynamodb = self._clients.dynamodb
        for name in dynamodb.list_tables()["TableNames"]:
            dynamodb.delete_table(TableName=name)
        self._make()


TABLES = Tables()


def forget_what_waits() -> None:
    """No schedule is planned and nothing is on a queue: both tell of practices that are gone."""
    for backend in _backends("scheduler"):
        for group in backend.schedule_groups.values():
            group.schedules.clear()
    for backend in _backends("sqs"):
        for queue in backend.queues.values():
            # Its ``purge_queue`` allows one a minute, as the cloud does.
            queue._messages.clear()
            queue._pending_messages.clear()


def _backends(service: Any) -> list[Any]:
    accounts: Any = get_backend(service)
    return [backend for regions in accounts.values() for backend in regions.values()]


def forget_secrets() -> None:
    """The next reader asks anew. The providers stay: to make one takes tens of milliseconds."""
    for provider in DEFAULT_PROVIDERS.values():
        provider.clear_cache()
