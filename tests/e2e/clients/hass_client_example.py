"""Uses the features of hass-client. Arguments: URL KEY LAMP OTHER_LAMP. Prints its states as JSON."""

import asyncio
import json
import sys

from hass_client import HomeAssistantClient
from hass_client.exceptions import FailedCommand


async def main(url: str, key: str, lamp: str, other_lamp: str) -> None:
    """Read, subscribe, and switch the lamps."""
    held: dict[str, object] = {}
    lamps: list[object] = []
    events: list[object] = []
    async with HomeAssistantClient(url.replace("http", "ws", 1) + "/api/websocket", key) as client:
        held["version"] = client.version
        held["states"] = await client.get_states()
        held["config"] = await client.get_config()
        held["services"] = await client.get_services()
        held["areas"] = await client.get_area_registry()
        held["devices"] = await client.get_device_registry()
        held["entities"] = await client.get_entity_registry()
        await client.subscribe_events(events.append, "state_changed")
        unsubscribe = await client.subscribe_entities(lamps.append, [lamp, other_lamp])
        for service in ("turn_on", "turn_off"):
            await client.call_service("light", service, target={"entity_id": lamp})
        try:
            held["elsewhere"] = await client.call_service("light", "turn_on", target={"entity_id": other_lamp})
        except FailedCommand as error:
            held["refused"] = str(error)
        await asyncio.sleep(1)  # for changes elsewhere to arrive
        unsubscribe()
        await client.get_states()
    print(json.dumps({**held, "lamps": lamps, "events": events}))


asyncio.run(main(*sys.argv[1:]))
