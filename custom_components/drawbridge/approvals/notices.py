"""Asks people for approvals: with events, persistent notifications and the companion app."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from homeassistant.components import persistent_notification
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..log import get_logger
from .approvals import ApprovalOverError, Approvals
from .model import Answer, Approval, Outcome, Pending

EVENT_REQUESTED: Final = "drawbridge_approval_requested"
EVENT_ENDED: Final = "drawbridge_approval_ended"
_APP: Final = "mobile_app"
_APP_ANSWER: Final = "mobile_app_notification_action"
_PREFIX: Final = "DRAWBRIDGE_"
_OFFERED: Final = (Answer.ONCE, Answer.SHORT, Answer.DENY)
"""Android shows three buttons at most."""
_MAX_NAMED: Final = 10

_LOGGER = get_logger(__name__)

type Texts = Mapping[str, str]


class ApprovalNotices:
    """Asks all administrators, and takes the answers of the companion app."""

    def __init__(
        self, hass: HomeAssistant, approvals: Approvals, administrator: Callable[[Context], Awaitable[str | None]]
    ) -> None:
        """Create it for a bridge.

        Args:
            hass: Home Assistant.
            approvals: The calls that wait.
            administrator: Returns the name of the administrator that a context belongs to; ``None`` for everybody else.

        """
        self._hass = hass
        self._approvals = approvals
        self._administrator = administrator

    def start(self) -> CALLBACK_TYPE:
        """Ask from now on. Returns a function that stops it."""
        stops = (
            self._approvals.subscribe(self._changed),
            self._hass.bus.async_listen(_APP_ANSWER, self._answered, event_filter=_is_own),
        )

        @callback
        def stop() -> None:
            for item in stops:
                item()

        return stop

    @callback
    def _changed(self, pending: Pending, outcome: Outcome | None, approval: Approval | None) -> None:
        work = self._ask(pending) if outcome is None else self._end(pending, outcome, approval)
        self._hass.async_create_task(work, "drawbridge approval")

    async def _ask(self, pending: Pending) -> None:
        self._hass.bus.async_fire(EVENT_REQUESTED, describe(pending))
        texts = await self._texts()
        message = self._message(pending, texts)
        hint = f"{message}\n\n{texts['where']}"
        persistent_notification.async_create(self._hass, hint, texts["title"], _notification_id(pending))
        actions = [
            {"action": f"{_PREFIX}{answer.name}_{pending.id}", "title": texts[answer.name.lower()]}
            | ({} if answer is Answer.DENY else {"authenticationRequired": True})
            for answer in _OFFERED
        ]
        await self._send(
            {
                "title": texts["title"],
                "message": message,
                "data": {
                    "actions": actions,
                    "tag": _tag(pending),
                    "ttl": 0,
                    "priority": "high",
                    "timeout": int(pending.until - pending.asked_at),
                },
            }
        )

    async def _end(self, pending: Pending, outcome: Outcome, approval: Approval | None) -> None:
        answered = {} if approval is None else {"answer": approval.answer.value, "by": approval.by}
        self._hass.bus.async_fire(EVENT_ENDED, {"id": pending.id, "outcome": outcome.value, **answered})
        persistent_notification.async_dismiss(self._hass, _notification_id(pending))
        if all(_tag(other) != _tag(pending) for other in self._approvals):
            await self._send({"message": "clear_notification", "data": {"tag": _tag(pending)}})

    async def _send(self, data: dict[str, Any]) -> None:
        """Send a notification to the companion apps of all administrators."""
        for service in await self._apps():
            await self._hass.services.async_call("notify", service, data, blocking=False)

    async def _apps(self) -> list[str]:
        """Return the notify services of the companion apps of all administrators."""
        if _APP not in self._hass.config.components:
            return []
        from homeassistant.components.mobile_app.util import get_notify_service  # noqa: PLC0415 - may not be set up

        found: list[str] = []
        for entry in self._hass.config_entries.async_loaded_entries(_APP):
            user = await self._hass.auth.async_get_user(entry.data.get("user_id", ""))
            if user is not None and user.is_active and user.is_admin:
                service = get_notify_service(self._hass, entry.data["webhook_id"])
                if service is not None:
                    found.append(service)
        return found

    async def _answered(self, event: Event[Any]) -> None:
        """Take the answer of a companion app. Anything can fire this event, so the user of its context decides."""
        name, _, request = event.data["action"].removeprefix(_PREFIX).rpartition("_")
        if name not in Answer.__members__:
            return
        user = await self._administrator(event.context)
        if user is None:
            _LOGGER.warning("An approval was answered by somebody who is not an administrator, and was ignored")
            return
        try:
            await self._approvals.decide(request, Answer[name], user)
        except ApprovalOverError:
            _LOGGER.info("An approval was answered after it was over")

    def _message(self, pending: Pending, texts: Texts) -> str:
        calls = (self._call(service_and_entities) for service_and_entities in _listed(pending))
        return texts["message"].format(key=pending.key_name, calls="; ".join(calls))

    def _call(self, call: tuple[str, list[str]]) -> str:
        service, entities = call
        names = [state.name if (state := self._hass.states.get(item)) else item for item in entities[:_MAX_NAMED]]
        more = f" (+{len(entities) - _MAX_NAMED})" if len(entities) > _MAX_NAMED else ""
        return f"{service}: {', '.join(names)}{more}" if names else service

    async def _texts(self) -> Texts:
        language, prefix = self._hass.config.language, f"component.{DOMAIN}.selector.approval.options."
        options = await async_get_translations(self._hass, language, "selector", {DOMAIN})
        messages = await async_get_translations(self._hass, language, "exceptions", {DOMAIN})
        words = {name.removeprefix(prefix): text for name, text in options.items() if name.startswith(prefix)}
        return {**words, "message": messages[f"component.{DOMAIN}.exceptions.approval_requested.message"]}


def describe(pending: Pending) -> dict[str, Any]:
    """Return calls that wait as JSON values, for events and for the panel."""
    return {
        "id": pending.id,
        "key_id": pending.key_id,
        "key_name": pending.key_name,
        "calls": [{"action": service, "entities": entities} for service, entities in _listed(pending)],
        "asked_at": pending.asked_at,
        "until": pending.until,
    }


def _listed(pending: Pending) -> list[tuple[str, list[str]]]:
    return [(call.service, sorted(call.entities)) for call in pending.calls]


def _tag(pending: Pending) -> str:
    """Return the tag of a notification: a client that repeats a call replaces the notification of the earlier one."""
    return _digest("\n".join([pending.key_id, *sorted(pending.items)]))


def _notification_id(pending: Pending) -> str:
    """Return the ID of a persistent notification, which every user sees: it must not reveal the ID of the request."""
    return _digest(pending.id)


def _digest(text: str) -> str:
    return f"drawbridge_{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@callback
def _is_own(data: Mapping[str, Any]) -> bool:
    action = data.get("action")
    return isinstance(action, str) and action.startswith(_PREFIX)
