"""A bridge into a household with everything in it, and a key for one of its rooms."""

import pytest
from awesomeversion import AwesomeVersion
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge
from tests.integration.reach.whole_house import WholeHouse


@pytest.fixture
async def whole(house: HomeAssistant) -> WholeHouse:
    """Return the household."""
    if AwesomeVersion(__version__) < "2026.10":
        pytest.skip("the reviewed services are those of a newer Home Assistant")
    found = WholeHouse(house)
    await found.set_up()
    return found


@pytest.fixture
async def bridge(whole: WholeHouse, bridge: Bridge) -> Bridge:  # noqa: ARG001  the house is furnished first
    """Return a bridge into it."""
    return bridge


@pytest.fixture
async def key(bridge: Bridge) -> str:
    """Return the secret of a key that controls the living room, with the default actions."""
    limits = {"local_only": False, "per_minute": 0}
    return await bridge.add_key(capabilities=["read", "control"], areas=["living_room"], limits=limits)
