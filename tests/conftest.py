"""Fixtures for all tests. The environment is set before any module of ours loads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.environment import set_environment

set_environment()

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

    from scripts.localstack import resources

    with mock_aws():
        resources.create_tables()
        resources.create_keys()
        resources.create_buckets()
        resources.create_bus()
        resources.create_pools()
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
def streams(aws: str) -> Streams:
    """The tables' streams from now on."""
    from tests.support.delivery import Streams

    return Streams()
