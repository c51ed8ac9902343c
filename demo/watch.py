"""Connects to the WebSocket API, subscribes to the entities of a key, and prints their changes.

    DRAWBRIDGE_KEY=dbk_… python -m demo.watch http://127.0.0.1:8123/api/drawbridge

It requires only aiohttp, and runs until Ctrl-C.
"""

import asyncio
import os
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import aiohttp

type Json = Any
type States = dict[str, tuple[str, dict[str, Json]]]

_VARIABLE: Final = "DRAWBRIDGE_KEY"
_HIDDEN: Final = {"friendly_name", "icon", "supported_features"}


class WatchError(Exception):
    """The connection failed. The message has the reason."""


async def watch(url: str, key: str) -> None:
    """Print all changes until the connection is closed."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": key})
        answer = await socket.receive_json()
        if answer["type"] != "auth_ok":
            raise WatchError(answer["message"])
        await socket.send_json({"id": 1, "type": "subscribe_entities"})
        states: States = {}
        async for frame in socket:
            message = frame.json()
            if message["type"] == "event":
                show(message["event"], states)
            elif not message["success"]:
                raise WatchError(message["error"]["message"])
        raise WatchError(f"The connection was closed with code {socket.close_code}.")


def show(event: Json, states: States) -> None:
    """Print an event, and update the states with it."""
    for entity_id, new in event.get("a", {}).items():
        states[entity_id] = new["s"], new["a"]
        say(entity_id, new["s"])
    for entity_id, change in event.get("c", {}).items():
        state, attributes = states[entity_id]
        added = change.get("+", {})
        removed = change.get("-", {}).get("a", ())
        changed = added.get("a", {})
        states[entity_id] = (
            added.get("s", state),
            {name: value for name, value in {**attributes, **changed}.items() if name not in removed},
        )
        told = [f"{state} → {added['s']}"] if "s" in added else []
        told += [f"{name}={value}" for name, value in changed.items() if name not in _HIDDEN]
        if told:
            say(entity_id, ", ".join(told))
    for entity_id in event.get("r", ()):
        del states[entity_id]
        say(entity_id, "removed")


def say(entity_id: str, text: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{datetime.now().astimezone():%H:%M:%S}  {entity_id:<40}  {text}\n")
    sys.stdout.flush()


def main() -> int:
    """Watch until Ctrl-C, and return the exit status."""
    key = os.environ.get(_VARIABLE)
    if len(sys.argv) != 2 or not key:  # noqa: PLR2004 - the program and the URL
        sys.stderr.write(f"usage: {_VARIABLE}=dbk_… python -m demo.watch URL\n")
        return 2
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(watch(sys.argv[1].rstrip("/"), key))
    except (WatchError, aiohttp.ClientError) as error:
        sys.stderr.write(f"watch: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
