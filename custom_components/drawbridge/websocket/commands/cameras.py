"""Commands for cameras. They refuse all streams, which would bypass the bridge."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.components.websocket_api.const import ERR_HOME_ASSISTANT_ERROR
from homeassistant.helpers import config_validation as cv

from ...operations import images as operations
from ...refusal import Refusal, RefusedError
from ..command import Commands, Request
from ..errors import CommandError, missing_told

commands = Commands()

_CAMERA: Final = {vol.Required("entity_id"): cv.entity_id}


@commands.command("camera/capabilities", operations.CAPABILITIES, _CAMERA)
def capabilities(request: Request) -> dict[str, Any]:
    """Return that a camera has still pictures, and no stream."""
    try:
        with missing_told(ERR_HOME_ASSISTANT_ERROR):
            return operations.camera_capabilities(request.caller, request.message["entity_id"])
    except RefusedError as err:
        if err.refusal is Refusal.CAMERA_OFF:
            raise CommandError(ERR_HOME_ASSISTANT_ERROR, "Camera is off") from err
        raise


@commands.command(
    "camera/stream", operations.STREAM, {**_CAMERA, vol.Optional("format", default="hls"): vol.In(["hls"])}
)
def stream(_request: Request) -> None:
    """Refuse a stream, because it would bypass the bridge."""
    operations.refuse_stream()


@commands.command("camera/webrtc/offer", operations.STREAM, {**_CAMERA, vol.Required("offer"): str})
def webrtc_offer(_request: Request) -> None:
    """Refuse a stream, because it would go directly from the camera to the client."""
    operations.refuse_stream()


@commands.command("camera/webrtc/get_client_config", operations.STREAM, _CAMERA)
def webrtc_client_config(_request: Request) -> None:
    """Refuse the configuration of a stream."""
    operations.refuse_stream()


@commands.command(
    "camera/webrtc/candidate",
    operations.STREAM,
    {**_CAMERA, vol.Required("session_id"): str, vol.Required("candidate"): dict},
)
def webrtc_candidate(_request: Request) -> None:
    """Refuse a connection candidate of a stream."""
    operations.refuse_stream()
