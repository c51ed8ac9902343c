"""Waits for Home Assistant's delayed writes, which are lost if the process is killed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sandbox.client import Client
from sandbox.process import SandboxError
from sandbox.wait import until

POLL_SECONDS: Final = 0.25


async def until_saved(client: Client, config_dir: Path, *, seconds: float = 60.0) -> None:
    """Wait until the current entries, keys, areas, devices, entities and tokens are in the storage files.

    Raises:
        SandboxError: Home Assistant did not write one of them within `seconds`.

    """
    missing = await _wanted(client)

    async def all_written() -> bool:
        for name in [name for name, content in missing.items() if _written(config_dir, name) == content]:
            del missing[name]
        return not missing

    try:
        await until(all_written, seconds=seconds, poll=POLL_SECONDS)
    except TimeoutError as error:
        raise SandboxError(f"Home Assistant did not write {', '.join(missing)} within {seconds:g} s") from error


async def _wanted(client: Client) -> dict[str, Any]:
    entities = await client.command("config/entity_registry/list")
    return {
        "core.area_registry": {area["area_id"] for area in await client.command("config/area_registry/list")},
        "core.device_registry": {d["id"] for d in await client.command("config/device_registry/list")},
        "core.entity_registry": {_place(entity) for entity in entities},
        "core.config_entries": {
            entry["entry_id"]: entry["num_subentries"] for entry in await client.command("config_entries/get")
        },
        "auth": {token["id"] for token in await client.command("auth/refresh_tokens")},
    }


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "core.area_registry": lambda data: {area["id"] for area in data["areas"]},
    "core.device_registry": lambda data: {device["id"] for device in data["devices"]},
    "core.entity_registry": lambda data: {_place(entity) for entity in data["entities"]},
    "core.config_entries": lambda data: {entry["entry_id"]: len(entry["subentries"]) for entry in data["entries"]},
    "auth": lambda data: {
        token["id"] for token in data["refresh_tokens"] if token["client_id"] or token["client_name"]
    },
}


def _place(entity: dict[str, Any]) -> tuple[str, str | None, tuple[str, ...]]:
    return entity["entity_id"], entity["area_id"], tuple(sorted(entity["labels"]))


def _written(config_dir: Path, name: str) -> Any:  # noqa: ANN401 - each file has its own shape
    try:
        text = (config_dir / ".storage" / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return _READERS[name](json.loads(text)["data"])
