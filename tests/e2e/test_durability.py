"""A real Home Assistant, killed right at an answer: what was answered holds after the restart.

``DRAWBRIDGE_KILLS`` sets the number of kills.
"""

import os
import random
from pathlib import Path

from demo import drawbridge
from demo.client import Client
from tests.e2e.test_key_life import LAMP, Keys, running_home_assistant, saved

KILLS = int(os.environ.get("DRAWBRIDGE_KILLS", "2"))


async def act(client: Client, action: str, **data: object) -> str:
    """Call an action, and return the secret that it made."""
    answer = await client.post(f"/api/services/drawbridge/{action}?return_response", data)
    return str(answer["service_response"].get("secret", ""))


async def test_what_was_answered_holds_after_a_kill(tmp_path: Path) -> None:
    """Created, rotated, revoked, and removed by Home Assistant itself."""
    chance = random.Random(7)  # noqa: S311 - which act is last, not a secret
    async with running_home_assistant(tmp_path) as home_assistant:
        client = home_assistant.client
        keys = Keys(client, await drawbridge.set_up(client))
        # Home Assistant saves a new integration with a delay, which is not Drawbridge's to change.
        await saved(home_assistant, '"domain":"drawbridge"')
        for kill in range(KILLS):
            opens, closed = {}, {}
            for number in range(4):
                name = f"{kill}.{number}"
                opens[name] = await act(
                    client, "create_key", name=name, entities=[LAMP], capabilities=["read", "control"]
                )
            names = list(opens)
            acts = ["rotate", "revoke", "delete"]
            chance.shuffle(acts)
            for name, what in zip(names, acts, strict=False):
                closed[name] = opens.pop(name)
                if what == "rotate":
                    opens[name] = await act(client, "rotate_key", key=name, overlap=0)
                elif what == "revoke":
                    await act(client, "revoke_key", key=name)
                else:
                    await keys.remove(name)
            await home_assistant.process.kill()
            await home_assistant.restart()
            assert not [name for name, secret in closed.items() if await keys.opens(secret)]
            assert [name for name, secret in opens.items() if await keys.opens(secret)] == list(opens)
