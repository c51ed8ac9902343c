"""``/api/camera_proxy``, ``/api/camera_proxy_stream`` and ``/api/image_proxy``: images of entities in scope."""

import math
import re
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ...encoding.codecs import Payload
from ...operations import images
from ...operations.images import Picture
from ...refusal import bad_request
from ..call import Call
from ..camera_stream import CameraStream
from ..endpoint import Router
from ..response import WholeResponse
from ..security_headers import NO_STORE
from ..spec import WHOLE, Answer, Parameter, ok

router = Router()

_PIXELS: Final = re.compile(r"\d{1,5}", re.ASCII)
_SECONDS: Final = {"type": "number", "minimum": images.MIN_INTERVAL}
_PICTURE: Final = Answer("The image, in the format of its entity.", content_type=None)


@router.endpoint(
    "GET",
    "/api/camera_proxy/{entity_id}",
    operation=images.CAMERA,
    about=ok(
        _PICTURE,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        parameters=(
            Parameter("width", "The requested width in pixels. Some cameras do not support scaling.", WHOLE),
            Parameter("height", "The requested height in pixels.", WHOLE),
        ),
    ),
)
async def camera(call: Call) -> web.StreamResponse:
    """Return a still image of a camera."""
    width, height = _pixels(call, "width"), _pixels(call, "height")
    return _picture(await images.camera_picture(call.caller, call.entity_id, width, height))


@router.endpoint(
    "GET",
    "/api/camera_proxy_stream/{entity_id}",
    operation=images.CAMERA_STREAM,
    about=ok(
        Answer("The stills of the camera, one after another.", content_type="multipart/x-mixed-replace"),
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        parameters=(Parameter("interval", "The time between two pictures in seconds, at least 0.5.", _SECONDS),),
    ),
)
async def camera_stream(call: Call) -> web.StreamResponse:
    """Send the pictures of a camera as they change."""
    return await CameraStream(call, call.entity_id, _interval(call)).serve()


@router.endpoint(
    "GET",
    "/api/image_proxy/{entity_id}",
    operation=images.IMAGE,
    about=ok(_PICTURE, HTTPStatus.NOT_FOUND),
)
async def image(call: Call) -> web.StreamResponse:
    """Return the image of an image entity."""
    return _picture(await images.image_picture(call.caller, call.entity_id))


def _pixels(call: Call, name: str) -> int | None:
    text = call.request.query.get(name)
    if not text:
        return None
    if not _PIXELS.fullmatch(text):
        raise bad_request(f"'{name}' must be a number of pixels.")
    return int(text)


def _interval(call: Call) -> float | None:
    text = call.request.query.get("interval")
    if text is None:
        return None
    try:
        interval = float(text)
    except ValueError:
        interval = math.nan
    if not images.MIN_INTERVAL <= interval < math.inf:
        raise bad_request(f"'interval' must be a number of seconds, at least {images.MIN_INTERVAL}.")
    return interval


def _picture(picture: Picture) -> WholeResponse:
    headers: dict[str, str] = {hdrs.CONTENT_TYPE: picture.content_type, hdrs.CACHE_CONTROL: NO_STORE}
    return WholeResponse(HTTPStatus.OK, headers, Payload.of(picture.content))
