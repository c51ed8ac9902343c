"""Runs unmodified third-party clients, and creates keys for them."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sandbox.drawbridge import CREATE_KEY
from sandbox.stack import Stack

REPOSITORY: Final = Path(__file__).parents[2]
CLIENTS: Final = REPOSITORY / ".venv-clients" / "bin"
LAMP: Final = "light.living_room_floor_lamp"
CAPABILITIES: Final = [
    "read", "history", "control", "set_state", "fire_event", "template", "images", "location",
]  # fmt: skip


async def new_key(stack: Stack, name: str, **fields: Any) -> str:
    """Make a key without a rate limit; return its secret."""
    data = {"name": name, "everything": True, "capabilities": CAPABILITIES, "events": ["bell"], "per_minute": 0}
    answer = await stack.home_assistant.client.post(CREATE_KEY, data | fields)
    secret: str = answer["service_response"]["secret"]
    return secret


async def run(
    *command: str | Path, succeeds: bool = True, environment: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Run a third-party client that must succeed, and return its output."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTHONWARNINGS": "ignore", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed = (await process.communicate())[0].decode()
    assert (process.returncode == 0) is succeeds, printed[-6000:]
    return printed
