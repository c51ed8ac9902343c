"""Messages of `notify.send_message`: texts for people pass, commands for the companion app do not."""

from typing import Final, override

from homeassistant.components.notify import NotifyEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component

from tests.integration.house import Bridge

PHONE: Final = "notify.phone"
SEND: Final = "/api/services/notify/send_message"
COMMANDS: Final = ("command_screen_on", "request_location_update", " Clear_Notification\n", "delete_alert", "TTS", "a_")
TEXTS: Final = ("The washing machine is done.", "Look at input_boolean.lamp", "Done", "snake_case in a sentence")


class Phone(NotifyEntity):
    """A phone that keeps what it receives."""

    _attr_name = "phone"

    def __init__(self) -> None:
        """Create a phone that has received nothing."""
        self.received: list[str] = []

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        self.received.append(message)


async def test_commands(bridge: Bridge, hass: HomeAssistant) -> None:
    """A key sends a command only if it has the action with all of its fields."""
    assert await async_setup_component(hass, "notify", {})
    phone = Phone()
    await hass.data[DATA_INSTANCES]["notify"].async_add_entities([phone])
    for listed in ([], ["notify.send_message"], ["notify.*"], ["notify.send_message.*"]):
        key = await bridge.add_key(capabilities=["control"], entities=[PHONE], services=listed)
        for sent in (*COMMANDS, *TEXTS):
            answer = await bridge.post(SEND, key, json={"entity_id": PHONE, "message": sent})
            expected = 403 if sent in COMMANDS and listed != ["notify.send_message.*"] else 200
            assert answer.status == expected, (listed, sent, await answer.text())
    assert phone.received == [*TEXTS * 3, *COMMANDS, *TEXTS]
