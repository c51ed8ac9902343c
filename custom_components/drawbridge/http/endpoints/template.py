"""``/api/template``: texts with states in them."""

from http import HTTPStatus
from typing import Any

from aiohttp import hdrs, web

from ...encoding.codecs import Payload
from ...keys import Capability
from ...operations.templates import (
    Job,
    Sight,
    TemplateBudgetError,
    TemplateBusyError,
    TemplateRefusedError,
    TemplateTooMuchError,
    async_get_renderer,
)
from ...refusal import RefusedError
from ...scope.redaction import without_bearer_text
from ..call import Call
from ..endpoint import Router
from ..problem import Problem, ProblemError, bad_request, forbidden
from ..response import WholeResponse
from ..security_headers import NO_STORE
from ..spec import TEXT, About, Answer, Body

router = Router()

_MOST_SHOWN = 500
_BUSY = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "Other templates of this key are being rendered. Templates of a key are rendered one after the other.",
    {hdrs.RETRY_AFTER: "5"},
)


@router.endpoint(
    "POST",
    "/api/template",
    capability=Capability.TEMPLATE,
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
    """Render a template that touches what is in scope alone."""
    source, variables = _read(await call.json())
    sight = Sight(call.bridge.hass, call.scope, call.redaction)
    try:
        text = await async_get_renderer(call.bridge.hass).render(
            Job(call.key.id, source, variables, sight, call.ensure_unchanged)
        )
    except TemplateRefusedError as err:
        raise forbidden(err.reason, str(err), hidden=err.reason) from err
    except TemplateTooMuchError as err:
        raise bad_request(f"Error rendering template: {err}") from err
    except TemplateBudgetError as err:
        raise ProblemError(_over_budget(err.retry_after)) from err
    except TemplateBusyError as err:
        raise ProblemError(_BUSY) from err
    except ProblemError, RefusedError:
        raise
    except Exception as err:
        # Whatever is raised, the client's template is the cause of it, as in Home Assistant.
        shown = str(err)[:_MOST_SHOWN]
        raise bad_request(f"Error rendering template: {type(err).__name__}: {shown}") from err
    finally:
        call.caller.activity.reached = frozenset(sight.asked)
    headers: dict[str, str] = {hdrs.CONTENT_TYPE: "text/plain; charset=utf-8", hdrs.CACHE_CONTROL: NO_STORE}
    return WholeResponse(HTTPStatus.OK, headers, Payload.of(without_bearer_text(text).encode()))


def _over_budget(retry_after: int) -> Problem:
    detail = "The templates of this key have used up their processor time for now. Try again later."
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "template_budget", detail, {hdrs.RETRY_AFTER: str(retry_after)})


def _read(data: object) -> tuple[str, dict[str, Any]]:
    if not isinstance(data, dict):
        raise bad_request("Template data should be a JSON object.")
    source, variables = data.get("template"), data.get("variables")
    if not isinstance(source, str):
        raise bad_request("'template' is missing, or is no text.")
    if not isinstance(variables, dict | None):
        raise bad_request("'variables' should be a JSON object.")
    return source, variables or {}
