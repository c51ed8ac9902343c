"""``/asyncapi.json``: the commands of the WebSocket API."""

from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ...encoding.codecs import Payload
from ...operations import own
from ..call import Call
from ..endpoint import Router
from ..response import WholeResponse
from ..security_headers import NO_STORE
from ..spec import JSON, OBJECT, Answer, ok

router = Router()

_EXAMPLE: Final = {"asyncapi": "3.0.0", "info": {"title": "Drawbridge"}}


@router.endpoint(
    "GET",
    "/asyncapi.json",
    operation=own.COMMANDS,
    about=ok(Answer("The AsyncAPI document of the WebSocket API.", OBJECT, _EXAMPLE), tag="bridge"),
)
def asyncapi(call: Call) -> web.StreamResponse:
    """Return the AsyncAPI document of the WebSocket API."""
    headers: dict[str, str] = {hdrs.CONTENT_TYPE: JSON, hdrs.CACHE_CONTROL: NO_STORE}
    content = call.bridge.describe_commands(call.bridge.version, call.base_path)
    return WholeResponse(HTTPStatus.OK, headers, Payload.of(content))
