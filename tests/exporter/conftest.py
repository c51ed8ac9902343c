"""Fixtures: a bridge, and the command promtool."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .bridge import BridgeServer, running_bridge
from .documents import KEY


@pytest.fixture
async def bridge() -> AsyncIterator[BridgeServer]:
    """Return a running bridge that responds correctly until it is configured otherwise."""
    async with running_bridge() as server:
        yield server


@pytest.fixture(scope="session")
def promtool() -> str:
    """Return the path of promtool, which the tests do not do without."""
    path = shutil.which("promtool")
    if path is None:
        pytest.fail("promtool is missing: run scripts/setup, or install Debian's package prometheus")
    return path


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """Return a file with the key that only its owner can read."""
    path = tmp_path / "preflight.key"
    path.touch(mode=0o600)
    path.write_text(KEY)
    return path
