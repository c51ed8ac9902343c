"""Fix flows for repair issues."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final, override

import voluptuous as vol
from homeassistant.components import persistent_notification
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .bridge import Bridge, DrawbridgeConfigEntry
from .const import DOMAIN
from .flows import key_forms as forms
from .flows.connecting import ShownSecret, addresses
from .issues.monitor import ROTATE
from .issues.scope import SCOPE_NAMES_MISSING, without_missing
from .keys import ApiKey, digest, generate
from .keys.document import ReviewReason
from .keys.keeper import KeyNotSavedError
from .limits.origins import ANY_ORIGIN
from .options import Options

_DAY_SECONDS: Final = 86_400

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
"""The steps of the fix flow for each issue of a key."""

REVIEW_FIXES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        ReviewReason.RESTORED: ("close_all", "rotate_all", "leave"),
        ReviewReason.UNCONFIRMED: ("open_all", "rotate_all", "leave"),
    }
)
"""The steps of the fix flow for each issue about all keys."""


async def async_create_fix_flow(
    hass: HomeAssistant, _issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the fix flow of an issue."""
    kind = str((data or {}).get("kind"))
    key_id = (data or {}).get("key_id")
    entry: DrawbridgeConfigEntry | None = next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)
    bridge = entry.runtime_data if entry is not None else None
    key = bridge.keys.get(str(key_id)) if bridge is not None else None
    if bridge is None or (key_id is not None and key is None):
        return GoneFlow()
    if kind in REVIEW_FIXES:
        return ReviewFlow(bridge, kind)
    if key is None:
        return OptionFlow(bridge, kind)
    return RotateFlow(bridge, key) if kind == ROTATE else KeyFlow(bridge, key, kind)


class GoneFlow(RepairsFlow):
    """The flow for an issue that has already been fixed."""

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Abort the flow."""
        return self.async_abort(reason="gone")


class OptionFlow(RepairsFlow):
    """Resets an option that weakens security to its default."""

    def __init__(self, bridge: Bridge, kind: str) -> None:
        """Create the flow for an option of a bridge."""
        self._bridge = bridge
        self._kind = kind

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask for confirmation first."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Reset the option after confirmation."""
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
    """Offers fixes for an issue of a key. A fix applies as soon as it is chosen."""

    def __init__(self, bridge: Bridge, key: ApiKey, kind: str) -> None:
        """Create the flow for a key."""
        self._bridge = bridge
        self._key = key
        self._kind = kind

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show the menu of fixes."""
        return _menu(self, KEY_FIXES[self._kind])

    async def async_step_extend(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Set the expiry to 90 days from now."""
        return await self._change(lambda key: replace(key, expires=time.time() + 90 * _DAY_SECONDS))

    async def async_step_keep_for_good(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Remove the expiry."""
        return await self._change(lambda key: replace(key, expires=None))

    async def async_step_disable(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Disable the key."""
        return await self._change(lambda key: replace(key, enabled=False))

    async def async_step_local_only(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Limit the key to the local network."""
        return await self._change(lambda key: replace(key, local_only=True))

    async def async_step_forget_missing(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Remove deleted items from the scope."""
        return await self._change(lambda key: replace(key, scope=without_missing(self.hass, key.scope)))

    async def async_step_remove(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Remove the key."""
        return await _saved(self, self._bridge.remove_key(self._key.id))

    async def async_step_ignore(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ignore the issue."""
        ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, ignore=True)
        return self.async_abort(reason="ignored")

    async def _change(self, change: Callable[[ApiKey], ApiKey]) -> RepairsFlowResult:
        return await _saved(self, self._bridge.change_key(self._key.id, change))


class RotateFlow(RepairsFlow):
    """Replaces the secret of a key, and shows it once.

    The new secret works as soon as it is shown, as in the flow of a key. If the page is closed, a notification says so.
    """

    _secret: str
    _shown: ShownSecret | None = None

    def __init__(self, bridge: Bridge, key: ApiKey) -> None:
        """Create the flow for a key."""
        self._bridge = bridge
        self._key = key

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask for the overlap."""
        return await self.async_step_rotate()

    async def async_step_rotate(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask how long the old secret stays valid, and replace it."""
        if user_input is None:
            return self.async_show_form(
                step_id="rotate", data_schema=forms.rotate(), description_placeholders={forms.NAME: self._key.name}
            )
        secret, now, overlap = generate(), time.time(), forms.overlap_of(user_input)
        try:
            await self._bridge.change_key(self._key.id, lambda key: key.rotated(digest(secret), now, overlap))
        except KeyNotSavedError as err:
            return _abort_unsaved(self, err)
        self._secret, self._shown = secret, ShownSecret(self.hass, [self._key.name])
        return self._show_secret()

    async def async_step_secret(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show the secret, which works, until the user confirms to have it."""
        if user_input is None or self._shown is None:
            return self._show_secret()
        self._shown.confirm()
        return self.async_create_entry(data={})

    def _show_secret(self) -> RepairsFlowResult:
        listed = addresses(self._bridge, self._key)
        return self.async_show_form(
            step_id="secret",
            data_schema=forms.replaced_secret(self._secret),
            description_placeholders={
                forms.KEY: self._secret,
                forms.NAME: self._key.name,
                "addresses": "\n".join(f"- `{item}`" for item in listed) or "-",
            },
        )

    @override
    @callback
    def async_remove(self) -> None:
        """Close the issue if the secret was replaced, and tell the user about a page that was closed."""
        if self._shown is not None:
            self._shown.close()
            ir.async_delete_issue(self.hass, DOMAIN, self.issue_id)
            persistent_notification.async_dismiss(self.hass, self.issue_id)


class ReviewFlow(RepairsFlow):
    """Lets an administrator decide about all keys after a restore, or when the store of the keys was lost."""

    _secrets: Sequence[tuple[str, str]]
    _shown: ShownSecret | None = None

    def __init__(self, bridge: Bridge, kind: str) -> None:
        """Create the flow for the keys of a bridge."""
        self._bridge = bridge
        self._kind = kind

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show the menu of fixes."""
        return _menu(self, REVIEW_FIXES[self._kind])

    async def async_step_close_all(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Disable all of these keys."""
        return await self._change(lambda key: replace(key, enabled=False))

    async def async_step_open_all(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Enable all of these keys."""
        return await self._change(lambda key: replace(key, enabled=True))

    async def async_step_leave(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Keep the keys unchanged."""
        return await _saved(self, self._bridge.keeper.change({}, reviewed=True))

    async def async_step_rotate_all(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Replace all secrets, and show the new ones when they are stored."""
        if user_input is None:
            return self.async_show_form(step_id="rotate_all", data_schema=vol.Schema({}))
        keys = self._keys()
        secrets = {key.id: generate() for key in keys}
        # A restore keeps the state of each key. When the store is lost, all keys are disabled.
        enable = self._kind == ReviewReason.UNCONFIRMED
        changes = {key_id: partial(_renewed, secret=secret, enable=enable) for key_id, secret in secrets.items()}
        try:
            await self._bridge.keeper.change(changes, reviewed=True)
        except KeyNotSavedError as err:
            return _abort_unsaved(self, err)
        self._secrets = [(key.name, secrets[key.id]) for key in keys]
        self._shown = ShownSecret(self.hass, (key.name for key in keys))
        return await self.async_step_secrets()

    async def async_step_secrets(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show the new secrets, which work, until the user confirms to have them."""
        if user_input is not None and self._shown is not None:
            self._shown.confirm()
            return self.async_create_entry(data={})
        listed = "\n".join(f"- {name}: `{secret}`" for name, secret in self._secrets)
        return self.async_show_form(
            step_id="secrets", data_schema=vol.Schema({}), description_placeholders={"secrets": listed}
        )

    @override
    @callback
    def async_remove(self) -> None:
        """Tell the user about a page with secrets that was closed."""
        if self._shown is not None:
            self._shown.close()

    def _keys(self) -> list[ApiKey]:
        review = self._bridge.keeper.review
        found = (self._bridge.keys.get(key_id) for key_id in (review.keys if review is not None else ()))
        return [key for key in found if key is not None]

    async def _change(self, change: Callable[[ApiKey], ApiKey]) -> RepairsFlowResult:
        changes = {key.id: change for key in self._keys()}
        return await _saved(self, self._bridge.keeper.change(changes, reviewed=True))


def _renewed(key: ApiKey, secret: str, *, enable: bool) -> ApiKey:
    return replace(key.rotated(digest(secret), time.time(), 0.0), enabled=key.enabled or enable)


def _menu(flow: RepairsFlow, fixes: Sequence[str]) -> RepairsFlowResult:
    """Show the menu of fixes, with the placeholders of the issue."""
    issue = ir.async_get(flow.hass).async_get_issue(DOMAIN, flow.issue_id)
    return flow.async_show_menu(
        step_id="init",
        menu_options=list(fixes),
        description_placeholders=issue.translation_placeholders if issue is not None else None,
    )


async def _saved(flow: RepairsFlow, change: Awaitable[object]) -> RepairsFlowResult:
    """Finish a flow after a change, or abort it with the reason why the change could not be saved."""
    try:
        await change
    except KeyNotSavedError as err:
        return _abort_unsaved(flow, err)
    return flow.async_create_entry(data={})


def _abort_unsaved(flow: RepairsFlow, err: KeyNotSavedError) -> RepairsFlowResult:
    return flow.async_abort(reason="not_saved", description_placeholders={"reason": err.reason})
