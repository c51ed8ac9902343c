"""A real Home Assistant is killed. Acknowledged changes persist after the restart.

``DRAWBRIDGE_KILLS`` sets the number of kills.
"""

import asyncio
import os
import random
from collections.abc import Iterable
from itertools import count
from pathlib import Path

from sandbox import drawbridge
from sandbox.client import Client
from sandbox.homeassistant import HomeAssistant
from tests.e2e.load import Secret, Worker, seen_with, under_load
from tests.e2e.test_key_life import LAMP, Keys, running_home_assistant

KILLS = int(os.environ.get("DRAWBRIDGE_KILLS", "3"))


async def act(client: Client, action: str, **data: object) -> str:
    """Call an action, and return the secret that it made."""
    answer = await client.post(f"/api/services/drawbridge/{action}?return_response", data)
    return str(answer["service_response"].get("secret", ""))


async def test_killed_at_random_moments_under_load(tmp_path: Path) -> None:
    """Acknowledged changes persist, withdrawn keys stay invalid, and interrupted changes are all or nothing."""
    chance, names = random.Random(), count()  # noqa: S311 - moments and choices, not secrets
    withdrawn: list[Secret] = []
    made = 0
    async with running_home_assistant(tmp_path) as home_assistant:
        entry_id = await drawbridge.set_up(home_assistant.client)
        for number in range(KILLS):
            moment = 0.05 + chance.random() * 3

            async def kill(moment: float = moment) -> None:
                await asyncio.sleep(moment)
                await home_assistant.process.kill()

            workers = await under_load(home_assistant.client, entry_id, chance, names, kill)
            await home_assistant.restart()
            closed = [item for worker in workers for item in worker.closed]
            earlier = chance.sample(withdrawn, min(20, len(withdrawn)))
            await check(home_assistant, workers, [*closed, *earlier])
            withdrawn += closed
            made += sum(worker.made for worker in workers)
            cut_off = ", ".join(worker.cut_off for worker in workers)
            print(f"kill {number + 1} after {moment:.2f} s: {made} changes so far; under way: {cut_off}")  # noqa: T201 - the protocol of a long run
            await remove_all(home_assistant.client, entry_id)
    assert made > KILLS


async def check(home_assistant: HomeAssistant, workers: Iterable[Worker], closed: Iterable[Secret]) -> None:
    """Compare each secret with its acknowledged changes."""
    secrets = [item for worker in workers for item in worker.open]
    seen = await seen_with(home_assistant.url, [*secrets, *closed])
    assert not [item.key_id for item in closed if seen[item.value]]
    assert not [item.key_id for item in secrets if seen[item.value] not in item.possible]


async def remove_all(client: Client, entry_id: str) -> None:
    """Remove all keys. The next kill can follow immediately."""
    for item in await client.command("config_entries/subentries/list", entry_id=entry_id):
        await act(client, "revoke_key", key=item["subentry_id"])


async def test_a_kill_right_after_the_first_key(tmp_path: Path) -> None:
    """Home Assistant saves a new config entry with a delay; Drawbridge does not answer before it is saved."""
    async with running_home_assistant(tmp_path) as home_assistant:
        client = home_assistant.client
        entry = await client.flow("drawbridge", {})
        secret = await act(client, "create_key", name="First", entities=[LAMP], capabilities=["read", "control"])
        await home_assistant.process.kill()
        await home_assistant.restart()
        assert await Keys(client, entry["entry_id"]).opens(secret)
