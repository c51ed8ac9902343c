"""Checks who started a service call: only administrators may extend access."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE, EVENT_CALL_SERVICE
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN

_MAX_CONTEXTS: Final = 1000
_AUTOMATION: Final = "automation"
_TRIGGERED: Final = "automation_triggered"


class Authority:
    """Tells whether an administrator started a context.

    The context's user decides. A call without a user is allowed, as in Home Assistant's own
    administrator services: only administrators can write the automations and scripts that make
    such calls. The exception is an automation that a user started manually with
    ``automation.trigger``, which skips its triggers and conditions: it acts for that user.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Create the check for a Home Assistant instance."""
        self._hass = hass
        self._users: OrderedDict[str, str] = OrderedDict()

    def start(self) -> CALLBACK_TYPE:
        """Follow automations that users start manually. Returns a function that stops it."""
        stops = (
            self._hass.bus.async_listen(EVENT_CALL_SERVICE, self._remember_call, event_filter=_is_trigger),
            self._hass.bus.async_listen(_TRIGGERED, self._remember),
        )

        @callback
        def stop() -> None:
            for item in stops:
                item()

        return stop

    async def ensure_administrator(self, context: Context | None) -> None:
        """Raise ``ServiceValidationError`` if the context's user is not an administrator."""
        user_id = self._user_id(context) if context is not None else None
        if user_id is not None and await self._administrator(user_id) is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="administrators_only")

    async def administrator(self, context: Context) -> str | None:
        """Return the name of the administrator that a context belongs to; ``None`` for everybody and all else."""
        user = await self._administrator(context.user_id) if context.user_id is not None else None
        return None if user is None else user.name

    async def _administrator(self, user_id: str) -> User | None:
        """Return a user who is an active administrator."""
        user = await self._hass.auth.async_get_user(user_id)
        return user if user is not None and user.is_active and user.is_admin else None

    def _user_id(self, context: Context) -> str | None:
        return context.user_id or self._users.get(context.id) or self._users.get(context.parent_id or "")

    @callback
    def _remember_call(self, event: Event[Any]) -> None:
        if (user_id := self._user_id(event.context)) is not None:
            self._keep(event.context.id, user_id)

    @callback
    def _remember(self, event: Event[Any]) -> None:
        if (user_id := self._users.get(event.context.parent_id or "")) is not None:
            self._keep(event.context.id, user_id)

    def _keep(self, context_id: str, user_id: str) -> None:
        self._users[context_id] = user_id
        if len(self._users) > _MAX_CONTEXTS:
            self._users.popitem(last=False)


@callback
def _is_trigger(data: Mapping[str, Any]) -> bool:
    # Anything can fire an event of this type, with any data.
    return bool(data.get(ATTR_DOMAIN) == _AUTOMATION and data.get(ATTR_SERVICE) == "trigger")
