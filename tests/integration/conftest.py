"""The order in which integration tests run, and what is left behind on the way."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The walks of security first: they read whole tables, which others fill."""
    items.sort(key=lambda item: "/security/" not in item.nodeid)


@pytest.fixture(scope="module", autouse=True)
def _nothing_from_before() -> None:
    """Each file of tests begins with empty tables, and nothing waits."""
    from tests.support.forgetting import TABLES, forget_what_waits

    TABLES.empty()
    forget_what_waits()
