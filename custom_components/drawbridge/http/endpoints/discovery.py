"""``/api/remote_homeassistant/discovery``: what the integration *Remote Home-Assistant* asks before it connects."""

from aiohttp import web

from ...operations import discovery as operations
from ..call import Call, json_response
from ..endpoint import Router
from ..spec import OBJECT, Answer, ok

router = Router()


@router.endpoint(
    "GET",
    "/api/remote_homeassistant/discovery",
    operation=operations.DISCOVERY,
    about=ok(
        Answer(
            "The name and version of Home Assistant, and an id that only this key gets.",
            OBJECT,
            {
                "uuid": "3f1c5d0e8a7b4c6d9e2f1a0b3c4d5e6f",
                "location_name": "Home",
                "ha_version": "2026.11.0",
                "installation_type": "Drawbridge",
            },
        )
    ),
)
async def discovery(call: Call) -> web.StreamResponse:
    """Return what Remote Home-Assistant asks before it connects."""
    return json_response(await operations.discovery(call.caller))
