"""Calls that wait for a person, with Home Assistant's own integration for its app: a registered phone is asked."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from sandbox import drawbridge
from sandbox.client import Client
from tests.e2e.test_key_life import LAMP, running_home_assistant

BLUEPRINT = Path(__file__).parents[2] / "blueprints" / "automation" / "drawbridge" / "approval.yaml"
SECONDS = 30
PHONE = {
    "device_id": "phone", "app_id": "app", "app_name": "App", "app_version": "1", "device_name": "Phone",
    "manufacturer": "M", "model": "M", "os_name": "Linux", "os_version": "1", "supports_encryption": False,
    "app_data": {"push_websocket_channel": True},
}  # fmt: skip


@dataclass
class Phone:
    """A phone with Home Assistant's app, registered by its user."""

    client: Client
    webhook: str
    channel: aiohttp.ClientWebSocketResponse

    async def notification(self) -> dict[str, Any]:
        """Return the next notification."""
        message = await self.channel.receive_json(timeout=SECONDS)
        return dict(message["event"])

    async def tap(self, action: str) -> None:
        """Tap a button of a notification."""
        tapped = {"event_type": "mobile_app_notification_action", "event_data": {"action": action}}
        await self.client.post(f"/api/webhook/{self.webhook}", {"type": "fire_event", "data": tapped})


@asynccontextmanager
async def registered(client: Client) -> AsyncIterator[Phone]:
    """Register a phone, and connect it for notifications."""
    webhook = (await client.post("/api/mobile_app/registrations", PHONE))["webhook_id"]
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{client.url}/api/websocket") as channel:
        await channel.receive_json()
        await channel.send_json({"type": "auth", "access_token": client.token})
        await channel.receive_json()
        subscribe = {"id": 1, "type": "mobile_app/push_notification_channel", "webhook_id": webhook}
        await channel.send_json(subscribe)
        answer = await channel.receive_json()
        assert answer["success"], answer
        yield Phone(client, webhook, channel)


async def turn_on(client: Client, key: str) -> int:
    """Turn the lamp on with a key, and return the status."""
    return await call(client, key, "input_boolean/turn_on", entity_id=LAMP)


async def call(client: Client, key: str, action: str, **data: object) -> int:
    """Call an action with a key, and return the status."""
    async with aiohttp.ClientSession(headers={"X-API-Key": key}) as session:
        url = f"{client.url}{drawbridge.BASE_PATH}/api/services/{action}"
        async with session.post(url, json=data) as response:
            return response.status


async def test_a_phone_is_asked(tmp_path: Path) -> None:
    """It shows who wants what, and its buttons allow and deny. A blueprint asks a person of the owner's choice."""
    async with running_home_assistant(tmp_path, "mobile_app:\nautomation: []\n") as home_assistant:
        client = home_assistant.client
        await drawbridge.set_up(client)
        new = {"name": "Agent", "entities": [LAMP], "capabilities": ["read", "control"], "ask": [LAMP]}
        key = (await client.post(drawbridge.CREATE_KEY, new))["service_response"]["secret"]
        async with registered(client) as phone:
            waiting = asyncio.create_task(turn_on(client, key))
            notification = await phone.notification()
            assert notification["message"] == 'The API key "Agent" asks to run input_boolean.turn_on: lamp.'
            buttons = {button["title"]: button["action"] for button in notification["data"]["actions"]}
            assert list(buttons) == ["Allow once", "Allow for 15 minutes", "Deny"]
            assert (await client.state(LAMP))["state"] == "off"
            await phone.tap(buttons["Allow once"])
            assert await waiting == 200
            assert (await client.state(LAMP))["state"] == "on"
            cleared = await phone.notification()
            assert (cleared["message"], cleared["data"]["tag"]) == ("clear_notification", notification["data"]["tag"])
            await send_messages(client, phone)
            await use_blueprint(client, home_assistant.config_dir)
            for button, status in (("ALLOW_", 200), ("DENY_", 403)):
                waiting = asyncio.create_task(turn_on(client, key))
                await phone.tap(await offered(phone, button))
                assert await waiting == status
                await phone.notification()  # that clears the other one


async def send_messages(client: Client, phone: Phone) -> None:
    """A key for the phone sends it a text, and no command for the app."""
    new = {"name": "Messages", "domains": ["notify"], "capabilities": ["read", "control"]}
    key = (await client.post(drawbridge.CREATE_KEY, new))["service_response"]["secret"]
    (entity_id,) = [item["entity_id"] for item in await client.get("/api/states") if item["entity_id"][:7] == "notify."]
    for message, status in (("request_location_update", 403), ("Dinner is ready.", 200)):
        assert await call(client, key, "notify/send_message", entity_id=entity_id, message=message) == status
    assert (await phone.notification())["message"] == "Dinner is ready."


async def offered(phone: Phone, button: str) -> str:
    """Return the action of a button of the blueprint's notification, which comes beside the usual one."""
    actions = [item["action"] for _ in range(2) for item in (await phone.notification())["data"]["actions"]]
    (action,) = [item for item in actions if item.startswith(button)]
    return str(action)


async def use_blueprint(client: Client, config_dir: Path) -> None:
    """Import the blueprint, and make an automation of it that asks the phone. Its user is a person."""
    target = config_dir / "blueprints" / "automation" / "drawbridge"
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(BLUEPRINT, target)
    (entry,) = await client.get("/api/config/config_entries/entry?domain=mobile_app")
    devices = await client.command("config/device_registry/list")
    (device,) = [item for item in devices if entry["entry_id"] in item["config_entries"]]
    use = f"path: drawbridge/{BLUEPRINT.name}\n      input:\n        phone: {device['id']}"
    package = config_dir / "packages" / "lamps.yaml"
    text = package.read_text(encoding="utf-8")
    package.write_text(
        text.replace("automation: []", f"automation:\n  - use_blueprint:\n      {use}"), encoding="utf-8"
    )
    await client.call("automation.reload")
