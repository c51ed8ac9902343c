"""What the integration *Remote Home-Assistant* asks before it connects."""

import hashlib
from typing import Any, Final

from homeassistant.const import __version__ as home_assistant_version
from homeassistant.helpers import instance_id

from ..keys import Capability
from .caller import Caller
from .declaration import Operation

DISCOVERY: Final = Operation("discovery.read", Capability.READ)


async def discovery(caller: Caller) -> dict[str, Any]:
    """Return the name and version of Home Assistant, and an ID of it that only this key gets.

    Home Assistant's own ID would link what different keys see. The client compares the ID each time it connects.
    """
    known_by = f"{await instance_id.async_get(caller.hass)}:{caller.key.id}"
    return {
        "uuid": hashlib.sha256(known_by.encode()).hexdigest()[:32],
        "location_name": caller.hass.config.location_name,
        "ha_version": home_assistant_version,
        "installation_type": "Drawbridge",
    }
