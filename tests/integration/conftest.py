"""The order in which integration tests run."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The walks of security first: they read whole tables, which others fill."""
    items.sort(key=lambda item: "/security/" not in item.nodeid)
