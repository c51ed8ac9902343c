"""The ways to mend what an issue tells of."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .bridge import Bridge, DrawbridgeConfigEntry
from .const import DOMAIN
from .flows import key_forms as forms
from .issues import ROTATE
from .keys import ApiKey, digest, generate
from .policy.cors import ANY_ORIGIN
from .policy.options import Options
from .scope_issues import SCOPE_NAMES_MISSING, without_missing

_DAY: Final = 86_400

KEY_FIXES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "key_expired": ("extend", "remove"),
        "key_expires_soon": ("extend", "keep_for_good"),
        "key_unused": ("disable", "remove", "ignore"),
        "plain_http": ("local_only", "disable", "ignore"),
        "scope_matches_nothing": ("disable", "remove", "ignore"),
        SCOPE_NAMES_MISSING: ("forget_missing", "ignore"),
    }
)
"""What can be done about an issue of a key, as steps of its flow."""


async def async_create_fix_flow(
    hass: HomeAssistant, _issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    kind = str((data or {}).get("kind"))
    key_id = (data or {}).get("key_id")
    entry: DrawbridgeConfigEntry | None = next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)
    bridge = entry.runtime_data if entry is not None else None
    key = bridge.keys.get(str(key_id)) if bridge is not None else None
    if bridge is None or (key_id is not None and key is None):
        return GoneFlow()
    if key is None:
        return OptionFlow(bridge, kind)
    return RotateFlow(bridge, key) if kind == ROTATE else KeyFlow(bridge, key, kind)


class GoneFlow(RepairsFlow):
    """There is nothing to mend any more."""

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say so."""
        return self.async_abort(reason="gone")


class OptionFlow(RepairsFlow):
    """Puts an option that weakens back to what it is to begin with."""

    def __init__(self, bridge: Bridge, kind: str) -> None:
        """Mend an option of a bridge."""
        self._bridge = bridge
        self._kind = kind

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask for confirmation first."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Do it when it is confirmed."""
        if user_input is None:
            return self.async_show_form(step_id="confirm", data_schema=vol.Schema({}))
        options = self._bridge.options
        if self._kind == "any_origin":
            options = replace(options, cors_origins=options.cors_origins - {ANY_ORIGIN})
        else:
            options = replace(options, per_minute=Options().per_minute)
        self._bridge.change_options(options)
        return self.async_create_entry(data={})


class KeyFlow(RepairsFlow):
    """Offers what can be done about a key; each choice is done at once."""

    def __init__(self, bridge: Bridge, key: ApiKey, kind: str) -> None:
        """Mend a key."""
        self._bridge = bridge
        self._key = key
        self._kind = kind

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Offer the choices."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_menu(
            step_id="init",
            menu_options=KEY_FIXES[self._kind],
            description_placeholders=issue.translation_placeholders if issue is not None else None,
        )

    async def async_step_extend(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Let the key live for 90 days more, from today."""
        return self._change(lambda key: replace(key, expires=time.time() + 90 * _DAY))

    async def async_step_keep_for_good(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Let the key live without end."""
        return self._change(lambda key: replace(key, expires=None))

    async def async_step_disable(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Let the key open nothing, and keep it."""
        return self._change(lambda key: replace(key, enabled=False))

    async def async_step_local_only(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Refuse the key from outside."""
        return self._change(lambda key: replace(key, local_only=True))

    async def async_step_forget_missing(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Drop from the scope what is gone."""
        return self._change(lambda key: replace(key, scope=without_missing(self.hass, key.scope)))

    async def async_step_remove(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Remove the key."""
        self._bridge.remove_key(self._key.id)
        return self.async_create_entry(data={})

    async def async_step_ignore(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Leave all as it is, and say no more of it."""
        ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, ignore=True)
        return self.async_abort(reason="ignored")

    def _change(self, change: Callable[[ApiKey], ApiKey]) -> RepairsFlowResult:
        self._bridge.change_key(change(self._key))
        return self.async_create_entry(data={})


class RotateFlow(RepairsFlow):
    """Gives a key a new secret, and shows it once."""

    _secret: str
    _rotated: ApiKey

    def __init__(self, bridge: Bridge, key: ApiKey) -> None:
        """Rotate the secret of a key."""
        self._bridge = bridge
        self._key = key

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask for the overlap first."""
        return await self.async_step_rotate()

    async def async_step_rotate(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for how long the old secret still opens."""
        if user_input is None:
            return self.async_show_form(
                step_id="rotate", data_schema=forms.rotate(), description_placeholders={forms.NAME: self._key.name}
            )
        self._secret = generate()
        self._rotated = self._key.rotated(digest(self._secret), time.time(), forms.overlap_of(user_input))
        return await self.async_step_secret()

    async def async_step_secret(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show the secret; it opens as soon as this form is submitted."""
        if user_input is None:
            return self.async_show_form(
                step_id="secret",
                data_schema=forms.secret(self._secret),
                description_placeholders={forms.KEY: self._secret, forms.NAME: self._key.name},
            )
        self._bridge.change_key(self._rotated)
        return self.async_create_entry(data={})
