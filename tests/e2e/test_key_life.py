"""The life of a key in a real Home Assistant: creation, use, rotation, revocation, a kill, a backup and its restore."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox import drawbridge
from sandbox.client import Client, Json
from sandbox.homeassistant import HomeAssistant
from sandbox.wait import until

LAMP = "input_boolean.lamp"
SUBENTRY_FLOW = "/api/config/config_entries/subentries/flow"
PACKAGE = "backup:\ninput_boolean:\n  lamp:\n  secret_lamp:\n"


@asynccontextmanager
async def running_home_assistant(folder: Path, more: str = "") -> AsyncIterator[HomeAssistant]:
    """Bring up Home Assistant with two lamps, backups, Drawbridge, and more configuration."""
    home_assistant = HomeAssistant(folder / "homeassistant")
    home_assistant.write_config(components=[drawbridge.COMPONENT])
    package = home_assistant.config_dir / "packages" / "lamps.yaml"
    await asyncio.to_thread(package.write_text, PACKAGE + more)
    try:
        await home_assistant.first_start()
        yield home_assistant
    finally:
        await home_assistant.stop()


class Keys:
    """The keys of a bridge, managed through the UI's forms."""

    def __init__(self, client: Client, entry_id: str) -> None:
        """Manage the keys of an entry."""
        self._client = client
        self._entry_id = entry_id

    async def add(self, name: str, **scope: Any) -> str:
        """Add a key that can control the entities that it sees, and return its secret."""
        preset, seen = {"name": name, "preset": "remote"}, {"everything": False, "more": {}, **scope}
        steps = await self._go({}, preset, seen, {"next_step_id": "secret"}, {"client": "curl"})
        assert steps[-1]["step_id"] == "waiting"
        secret: str = steps[-2]["description_placeholders"]["key"]
        return secret

    async def ids(self) -> dict[str, str]:
        """Return the ids of the keys by their names."""
        subentries = await self._client.command("config_entries/subentries/list", entry_id=self._entry_id)
        return {item["title"]: item["subentry_id"] for item in subentries}

    async def rotate(self, name: str, overlap: dict[str, int]) -> str:
        """Give a key a new secret, and return it."""
        begin = {"subentry_id": (await self.ids())[name]}
        steps = await self._go(begin, {"next_step_id": "rotate"}, {"overlap": overlap}, {"client": "curl"})
        assert steps[-1]["reason"] == "secret_replaced"
        secret: str = steps[-2]["description_placeholders"]["key"]
        return secret

    async def remove(self, name: str) -> None:
        """Remove a key."""
        subentry_id = (await self.ids())[name]
        await self._client.command("config_entries/subentries/delete", entry_id=self._entry_id, subentry_id=subentry_id)

    async def opens(self, secret: str) -> bool:
        """Return whether a secret is accepted. If it is, it must see only its lamp, and be able to switch it."""
        async with aiohttp.ClientSession(headers={"X-API-Key": secret}) as session:
            base = self._client.url + drawbridge.BASE_PATH
            async with session.get(f"{base}/api/states") as response:
                if response.status == 401:
                    return False
                assert [state["entity_id"] for state in await response.json()] == [LAMP]
            async with session.post(f"{base}/api/services/input_boolean/toggle", json={"entity_id": LAMP}) as response:
                assert [state["entity_id"] for state in await response.json()] == [LAMP]
            hidden = {"entity_id": "input_boolean.secret_lamp"}
            async with session.post(f"{base}/api/services/input_boolean/toggle", json=hidden) as response:
                assert response.status == 403
        return True

    async def _go(self, begin: dict[str, Json], *answers: dict[str, Json]) -> list[Json]:
        """Complete a flow of a key, and return the response of each step."""
        start = await self._client.post(SUBENTRY_FLOW, {"handler": [self._entry_id, "api_key"], **begin})
        return [await self._client.post(f"{SUBENTRY_FLOW}/{start['flow_id']}", answer) for answer in answers]

    async def last_used(self, name: str) -> float | None:
        """Return when a key was last used."""
        answer = await self._client.post("/api/services/drawbridge/list_keys?return_response", {})
        keys = answer["service_response"]["keys"]
        moment: float | None = next(key["last_used"] for key in keys if key["name"] == name)
        return moment


async def users_of_keys(client: Client) -> set[str]:
    """Return the names of the users that represent keys."""
    users = await client.command("config/auth/list")
    return {user["name"] for user in users if user["name"].startswith("Drawbridge: ")}


async def saved(home_assistant: HomeAssistant, *texts: str) -> None:
    """Wait until Home Assistant has written its entries and the keys' usage with these texts in them."""
    storage = home_assistant.config_dir / ".storage"

    def written() -> bool:
        names = ("core.config_entries", "drawbridge", "auth")
        content = "".join((storage / name).read_text() for name in names if (storage / name).exists())
        return all(text in content for text in texts)

    await until(lambda: asyncio.to_thread(written), seconds=60)


async def test_from_the_first_form_to_the_restored_backup(tmp_path: Path) -> None:
    """Each secret gives the expected access, also after a kill, a backup and its restore."""
    async with running_home_assistant(tmp_path) as home_assistant:
        client = home_assistant.client
        keys = Keys(client, await drawbridge.set_up(client))
        first = await keys.add("Remote", entities=[LAMP])
        other = await keys.add("Other", entities=[LAMP])
        assert await keys.opens(first)
        assert await keys.opens(other)
        assert await users_of_keys(client) == {"Drawbridge: Remote", "Drawbridge: Other"}

        second = await keys.rotate("Remote", {"hours": 1})
        assert await keys.opens(first)
        assert await keys.opens(second)
        third = await keys.rotate("Remote", {"seconds": 0})
        assert not await keys.opens(first)
        assert not await keys.opens(second)
        assert await keys.opens(third)

        used = await keys.last_used("Remote")
        assert used is not None
        await saved(home_assistant, str(used), '"Drawbridge: Remote"')
        await home_assistant.process.kill()
        await home_assistant.restart()
        assert await keys.last_used("Remote") == used
        assert await keys.opens(third)
        assert await keys.opens(other)
        assert await users_of_keys(client) == {"Drawbridge: Remote", "Drawbridge: Other"}

        backup = await back_up(client)
        await keys.remove("Remote")
        assert not await keys.opens(third)
        assert await keys.opens(other)
        assert await users_of_keys(client) == {"Drawbridge: Other"}

        await restore(home_assistant, backup)
        assert await keys.opens(third)
        assert await keys.opens(other)
        assert not await keys.opens(first)
        text = await asyncio.to_thread(home_assistant.process.log.read_text)
        assert not any(secret in text for secret in (first, second, third, other))


async def back_up(client: Client) -> str:
    """Create a backup, and return its id."""
    await client.command("backup/generate", agent_ids=["backup.local"], include_database=False)

    async def made() -> bool:
        return bool((await client.command("backup/info"))["backups"])

    await until(made, seconds=60, poll=0.25)
    (backup,) = (await client.command("backup/info"))["backups"]
    backup_id: str = backup["backup_id"]
    return backup_id


async def restore(home_assistant: HomeAssistant, backup_id: str) -> None:
    """Restore a backup: Home Assistant stops, restores the backup when it starts, stops again, and is started again."""
    with pytest.raises((aiohttp.ClientError, TypeError)):
        await home_assistant.client.command(
            "backup/restore", backup_id=backup_id, agent_id="backup.local", restore_database=False
        )
    await home_assistant.process.identity.gone()
    await home_assistant.client.disconnect()
    home_assistant.start()
    await home_assistant.process.identity.gone()
    await home_assistant.restart()
