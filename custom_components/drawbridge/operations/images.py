"""Pictures from cameras and image entities."""

import hmac
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Never

from homeassistant.exceptions import HomeAssistantError

from ..keys import ApiKey, Capability
from ..refusal import Refusal, RefusedError, failed, unsupported
from .caller import Caller, Resources
from .declaration import Operation

if TYPE_CHECKING:
    from homeassistant.components.camera import Camera

CAMERA: Final = Operation("images.camera", Capability.IMAGES, names=("entity_id",), by_link=True)
CAMERA_STREAM: Final = Operation(
    "images.camera_stream", Capability.IMAGES, names=("entity_id",), is_live=True, by_link=True
)
IMAGE: Final = Operation("images.image", Capability.IMAGES, names=("entity_id",), by_link=True)
CAPABILITIES: Final = Operation("images.capabilities", Capability.IMAGES, names=("entity_id",))
STREAM: Final = Operation("images.stream", Capability.IMAGES, names=("entity_id",))

MIN_INTERVAL: Final = 0.5
"""The shortest time between two pictures of a stream in seconds, as in Home Assistant."""

_FOR_LINKS: Final = frozenset({Capability.IMAGES, Capability.DASHBOARD})
_TIMEOUT_SECONDS: Final = 10
_NO_PICTURE: Final = "Unable to get image"


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture and its media type."""

    content: bytes
    content_type: str


async def camera_picture(caller: Caller, entity_id: str, width: int | None, height: int | None) -> Picture:
    """Return a still picture of a camera, scaled to about ``width`` by ``height`` pixels if the camera supports it.

    Raises:
        RefusedError: The camera is not in scope, it is off, or it has no picture.

    """
    camera = _camera(caller, entity_id)
    from homeassistant.components.camera import async_get_image  # noqa: PLC0415 - may not be set up

    try:
        image = await async_get_image(caller.hass, camera.entity_id, _TIMEOUT_SECONDS, width, height)
    except (HomeAssistantError, ValueError) as err:
        raise failed(f"{_NO_PICTURE}: {err}.") from err
    return Picture(image.content, image.content_type)


def camera_interval(caller: Caller, entity_id: str) -> float:
    """Return the time between two pictures of a camera in seconds.

    Raises:
        RefusedError: There is no such camera in scope, or it is off.

    """
    return max(MIN_INTERVAL, float(_camera(caller, entity_id).frame_interval))


def _camera(caller: Caller, entity_id: str) -> Camera:
    camera: Camera = caller.home.entity("camera", entity_id, Refusal.NOT_FOUND, "Camera not found.")
    if not camera.is_on:
        raise RefusedError(Refusal.CAMERA_OFF)
    return camera


async def image_picture(caller: Caller, entity_id: str) -> Picture:
    """Return the picture of an image entity.

    Raises:
        RefusedError: The image entity is not in scope, or it has no picture.

    """
    entity = caller.home.entity("image", entity_id, Refusal.NOT_FOUND, "Image not found.")
    from homeassistant.components.image import async_get_image  # noqa: PLC0415 - may not be set up

    try:
        image = await async_get_image(caller.hass, entity.entity_id, _TIMEOUT_SECONDS)
    except (HomeAssistantError, ValueError) as err:
        raise failed(f"{_NO_PICTURE}: {err}.") from err
    return Picture(image.content, image.content_type)


def may_have_link(key: ApiKey, resources: Resources, entity_id: str, token: str) -> bool:
    """Return whether pages of a key may show the picture of an entity by a link with this token."""
    domain, _, name = entity_id.partition(".")
    if domain not in {"camera", "image"} or not name or not key.capabilities >= _FOR_LINKS:
        return False
    try:
        entity = Caller.of(key, resources).home.find_entity(domain, entity_id, _NO_PICTURE)
    except RefusedError:
        return False
    return any(hmac.compare_digest(item.encode(), token.encode()) for item in entity.access_tokens)


def camera_capabilities(caller: Caller, entity_id: str) -> dict[str, Any]:
    """Return the stream types that a camera supports, in Home Assistant's form: none.

    Streams would bypass the bridge. An HLS player loads the stream from Home Assistant itself, with a URL that is open
    to anyone who knows it, and WebRTC connects the client to the camera. Clients show still pictures if no stream type
    is supported.

    Raises:
        RefusedError: The camera is not in scope, or it is off.

    """
    camera = caller.home.find_entity("camera", entity_id, "Camera not found")
    if not camera.is_on:
        raise RefusedError(Refusal.CAMERA_OFF)
    nothing = {"frontend_stream_types": [], "two_way_audio": False}
    return {name: nothing.get(name) for name in asdict(camera.camera_capabilities)}


def refuse_stream() -> Never:
    """Raise ``RefusedError`` for a stream of any camera, whether it exists or not."""
    raise unsupported("Streams are not available through the bridge. Use the stills of /api/camera_proxy.")
