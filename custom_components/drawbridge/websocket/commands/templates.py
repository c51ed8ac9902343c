"""Commands that render templates."""

import asyncio
from typing import Final

import voluptuous as vol
from homeassistant.components.websocket_api.const import ERR_TEMPLATE_ERROR
from homeassistant.helpers import config_validation as cv

from ...keys import Capability
from ...operations import pages, templates as operations
from ...operations.templates.errors import TemplateTooMuchError
from ...refusal import Refusal, RefusedError
from ..command import ANSWERED, Answered, Commands, Request
from ..errors import CommandError

commands = Commands()

_LONGEST_SECONDS: Final = 30.0


def _greet(request: Request) -> Answered:
    """Render the greeting of the default dashboard, which the pages ask for. Refuse any other template."""
    text = pages.greeting(request.caller, request.message["template"], request.message.get("variables") or {})
    if text is None:
        key = request.caller.key
        raise RefusedError(Refusal.CAPABILITY, {"key": key.name, "capability": Capability.TEMPLATE.value})
    request.subscribe(lambda: None)
    request.send_result()
    listeners = {"all": False, "domains": [], "entities": [], "time": False}
    request.send_event({"result": text, "listeners": listeners})
    return ANSWERED


@commands.command(
    "render_template",
    operations.FOLLOW,
    {
        vol.Required("template"): str,
        vol.Optional("entity_ids"): cv.entity_ids,
        vol.Optional("variables"): dict,
        vol.Optional("timeout"): vol.Coerce(float),
        vol.Optional("strict", default=False): bool,
        vol.Optional("report_errors", default=False): bool,
    },
    without=_greet,
)
async def render_template(request: Request) -> Answered:
    """Render a template that reads states in scope, and render it again whenever they change."""
    message = request.message
    watch = operations.TemplateWatch(
        request.current,
        message["template"],
        message.get("variables") or {},
        request.send_event,
        strict=message["strict"],
        report_errors=message["report_errors"],
    )
    try:
        await _prepare(watch, message.get("timeout"))
    finally:
        request.caller.activity.reached = watch.asked
    stop_following = request.on_key_change(watch.key_changed)

    def stop() -> None:
        stop_following()
        watch.stop()

    request.subscribe(stop)
    request.send_result()
    watch.start()
    return ANSWERED


async def _prepare(watch: operations.TemplateWatch, seconds: float | None) -> None:
    """Render for the first time, within the client's time limit."""
    limit = seconds if seconds is not None and 0 < seconds < _LONGEST_SECONDS else None
    try:
        async with asyncio.timeout(limit):
            await watch.prepare()
    except TimeoutError as err:
        raise CommandError(ERR_TEMPLATE_ERROR, f"Exceeded maximum execution time of {seconds}s") from err
    except TemplateTooMuchError as err:
        raise CommandError(ERR_TEMPLATE_ERROR, str(err)) from err
