"""Fixtures: a bridge, and the command promtool."""

import shutil
from collections.abc import AsyncIterator

import pytest

from .bridge import BridgeServer, running_bridge


@pytest.fixture
async def bridge() -> AsyncIterator[BridgeServer]:
    """Return a running bridge that answers well until it is told otherwise."""
    async with running_bridge() as server:
        yield server


@pytest.fixture(scope="session")
def promtool() -> str:
    """Return the path of promtool, which the tests do not do without."""
    path = shutil.which("promtool")
    if path is None:
        pytest.fail("promtool is missing: run scripts/setup, or install Debian's package prometheus")
    return path
