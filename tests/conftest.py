"""Fixtures for all tests. The environment is set before any module of ours loads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.environment import set_environment

set_environment()
# How quick the machine is, and what else it does, is not what a property is about.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

if TYPE_CHECKING:
    from caresmith.ids import PracticeId
    from tests.support.client import Caller
    from tests.support.delivery import Streams


@pytest.fixture(scope="session")
def engine() -> Iterator[str]:
    """The URL of a real DynamoDB engine, in memory, one per test process."""
    from scripts.localstack.engine import DynamoDBLocal

    with DynamoDBLocal() as local:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = local.endpoint
        os.environ["AWS_ENDPOINT_URL_DYNAMODB_STREAMS"] = local.endpoint
        yield local.endpoint
        del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
        del os.environ["AWS_ENDPOINT_URL_DYNAMODB_STREAMS"]


@pytest.fixture(scope="session")
def aws(engine: str) -> Iterator[str]:
    """All resources of the manifest: tables on the real engine, the rest in moto."""
    from moto import mock_aws

    from scripts.localstack import cognito, mail
    from scripts.localstack.clients import Clients
    from scripts.localstack.provision import provision
    from scripts.localstack.system import Deployment, System
    from tests.support.environment import ENVIRONMENT, PUBLIC_URL
    from tests.support.forgetting import TABLES
    from tests.support.workflows import make_machines

    deployment = Deployment(
        "test", engine, ENVIRONMENT["CARESMITH_ASSETS_DIR"], public_url=PUBLIC_URL
    )
    # moto need not compare each request to the engine with the addresses of all services.
    past_moto = {"passthrough": {"urls": [re.escape(engine)]}}
    with (
        mock_aws(config={"core": {"mock_credentials": True, **past_moto}}),
        cognito.like_the_cloud(),
        mail.from_any_sender(),
    ):
        # The engine drops what has expired by the clock on the wall; tests live at other times.
        # Streams flow where a test asks for them.
        plain = tuple(replace(table, ttl=None, stream=False) for table in System().tables)
        lasting = System(tables=plain)
        clients = Clients(deployment)
        pools = provision(clients, deployment, lasting)
        TABLES.made(clients, deployment, lasting)
        make_machines(deployment)
        named = replace(deployment, pools=pools).environment()
        for function in System().functions:
            named |= deployment.granted(function)
        os.environ.update({k: v for k, v in named.items() if k.startswith("CARESMITH_")})
        yield engine


@pytest.fixture
def practice(aws: str) -> PracticeId:
    """A new practice with its keys: tests never see each other's data."""
    from caresmith.clock import SystemClock
    from caresmith.ids import PracticeId
    from caresmith.keystore import create_keys

    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    return practice


@pytest.fixture
def front_desk(practice: PracticeId) -> Caller:
    from tests.support.client import Caller

    return Caller(practice)


@pytest.fixture
def streams(aws: str) -> Iterator[Streams]:
    """The tables' streams from now on."""
    from tests.support.delivery import Streams

    with Streams() as opened:
        yield opened


@pytest.fixture
def empty_tables(aws: str) -> None:
    """All tables empty, for the few tests that count everything there is.

    Most tests want ``practice`` instead: a new practice sees nothing of others.
    """
    import boto3

    from caresmith.settings import table_name
    from infra.manifest import TABLES

    client = boto3.client("dynamodb")
    # Item by item: a test may be reading the tables' streams already.
    for spec in TABLES:
        name = table_name(spec.domain)
        keys = ["pk", "sk"] if spec.has_sort_key else ["id"]
        for page in client.get_paginator("scan").paginate(TableName=name):
            for item in page["Items"]:
                client.delete_item(TableName=name, Key={key: item[key] for key in keys})
