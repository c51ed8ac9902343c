"""``/api/template``: renders templates."""

from http import HTTPStatus

from aiohttp import hdrs, web

from ...encoding.codecs import Payload
from ...operations import templates as operations
from ...refusal import bad_request
from ..call import Call
from ..endpoint import Router
from ..response import WholeResponse
from ..security_headers import NO_STORE
from ..spec import TEXT, About, Answer, Body

router = Router()


@router.endpoint(
    "POST",
    "/api/template",
    operation=operations.RENDER,
    about=About(
        {HTTPStatus.OK: Answer("The result, as text.", TEXT, "It is 7.5 °C outside.", content_type="text/plain")},
        body=Body(
            "The template, and its variables.",
            {
                "type": "object",
                "required": ["template"],
                "properties": {"template": TEXT, "variables": {"type": ["object", "null"]}},
            },
            {"template": "It is {{ states('sensor.outside') }} °C outside."},
            required=True,
        ),
        problems=frozenset({HTTPStatus.BAD_REQUEST}),
    ),
)
async def template(call: Call) -> web.StreamResponse:
    """Render a template that uses only entities in scope."""
    data = await call.json()
    if not isinstance(data, dict):
        raise bad_request("Template data should be a JSON object.")
    text = await operations.render(call.caller, data.get("template"), data.get("variables"))
    headers: dict[str, str] = {hdrs.CONTENT_TYPE: "text/plain; charset=utf-8", hdrs.CACHE_CONTROL: NO_STORE}
    return WholeResponse(HTTPStatus.OK, headers, Payload.of(text.encode()))
