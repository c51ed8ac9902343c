"""``/api/camera_proxy`` and ``/api/image_proxy``: pictures of entities in scope."""

import re
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from homeassistant.exceptions import HomeAssistantError

from ..cache.codings import Payload
from ..keys import Capability
from ..policy.headers import NO_STORE
from .call import Call
from .endpoint import Router
from .integrations import entity
from .problem import Problem, ProblemError, bad_request, failed, not_found
from .response import WholeResponse
from .spec import WHOLE, Answer, Parameter, ok

router = Router()

_SECONDS: Final = 10
_PIXELS: Final = re.compile(r"\d{1,5}", re.ASCII)
_PICTURE: Final = Answer("The picture, in the format that its entity has.", content_type=None)
_NO_PICTURE: Final = "Unable to get image"


@router.endpoint(
    "GET",
    "/api/camera_proxy/{entity_id}",
    capability=Capability.IMAGES,
    about=ok(
        _PICTURE,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        parameters=(
            Parameter("width", "The width wanted, in pixels. Not every camera can scale.", WHOLE),
            Parameter("height", "The height wanted, in pixels.", WHOLE),
        ),
    ),
)
async def camera(call: Call) -> web.StreamResponse:
    """Return a still of a camera."""
    found = entity(call, "camera", lambda reason: not_found("Camera not found.", hidden=reason))
    width, height = _pixels(call, "width"), _pixels(call, "height")
    if not found.is_on:
        detail = "The camera is off."
        raise ProblemError(Problem(HTTPStatus.SERVICE_UNAVAILABLE, "camera_off", detail, {hdrs.RETRY_AFTER: "60"}))
    from homeassistant.components.camera import async_get_image  # noqa: PLC0415 - may not be set up

    try:
        image = await async_get_image(call.bridge.hass, found.entity_id, _SECONDS, width, height)
    except (HomeAssistantError, ValueError) as err:
        raise failed(f"{_NO_PICTURE}: {err}.") from err
    return _picture(image.content, image.content_type)


@router.endpoint(
    "GET",
    "/api/image_proxy/{entity_id}",
    capability=Capability.IMAGES,
    about=ok(_PICTURE, HTTPStatus.NOT_FOUND),
)
async def image(call: Call) -> web.StreamResponse:
    """Return the picture of an image entity."""
    found = entity(call, "image", lambda reason: not_found("Image not found.", hidden=reason))
    from homeassistant.components.image import async_get_image  # noqa: PLC0415 - may not be set up

    try:
        picture = await async_get_image(call.bridge.hass, found.entity_id, _SECONDS)
    except (HomeAssistantError, ValueError) as err:
        raise failed(f"{_NO_PICTURE}: {err}.") from err
    return _picture(picture.content, picture.content_type)


def _pixels(call: Call, name: str) -> int | None:
    text = call.request.query.get(name)
    if not text:
        return None
    if not _PIXELS.fullmatch(text):
        raise bad_request(f"'{name}' should be a number of pixels.")
    return int(text)


def _picture(content: bytes, content_type: str) -> WholeResponse:
    headers: dict[str, str] = {hdrs.CONTENT_TYPE: content_type, hdrs.CACHE_CONTROL: NO_STORE}
    return WholeResponse(HTTPStatus.OK, headers, Payload.of(content))
