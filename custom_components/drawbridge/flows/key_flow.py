"""The flow that adds or edits a key in Home Assistant's UI."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, override

import voluptuous as vol
from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import callback
from homeassistant.util.ulid import ulid_now

from ..issues.scope import known_items
from ..keys import ApiKey, Capability, StoredSecret, digest, generate, key_input
from ..keys.keeper import KeyNotSavedError
from ..keys.key_input import KeyInputError
from ..telemetry.counters import KeyCounters
from ..values import DamagedValueError
from . import key_forms as forms, sections, uploads
from .connecting import ShownSecret, addresses, first_request, handover
from .key_flow_base import KeyFlowBase
from .key_summary import describe, summarize
from .learned import as_learned, propose_for
from .pages_link import link
from .presets import PRESETS
from .uploads import UploadError


class ApiKeyFlow(KeyFlowBase):
    """Adds a key: asks the questions of the preset, then shows a summary and the secret.

    An existing key is edited one part at a time. Each part takes effect when it is submitted.
    """

    _secret: str
    _client = "curl"
    _overlap = 0.0
    _needs_actions = False
    """Whether a key with the capability `control` needs a list of actions."""
    _shown: ShownSecret | None = None
    _waiting: asyncio.Task[KeyCounters | None] | None = None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the name and the preset."""
        failed = None
        if user_input is not None:
            preset = PRESETS[user_input[forms.PRESET]]
            try:
                self._key = self._with_name(preset.new_key(time.time()), user_input)
            except KeyInputError as err:
                failed = err
            else:
                self._questions, self._needs_actions = list(preset.steps), preset.needs_actions
                self._client = preset.client
                return await self._ask_next()
        return self._form("user", forms.user(), user_input or {}, failed)

    async def async_step_scope(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the scope of the key."""
        schema = forms.scope(self.hass)
        return await self._ask("scope", schema, forms.scope_of, self._with_scope, user_input)

    async def async_step_tablet(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the areas, the capabilities and the end of a key for Home Assistant's own pages."""
        schema = forms.tablet(self.hass, self._key)
        return await self._ask("tablet", schema, forms.tablet_of, key_input.with_pages, user_input)

    async def async_step_exclude(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the exclusions of the key."""
        schema = forms.exclude(self.hass)
        return await self._ask("exclude", schema, forms.exclude_of, self._with_exclude, user_input)

    async def async_step_abilities(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the capabilities, actions, events, media hosts and dashboards."""
        schema = forms.abilities(self.hass, self._key)
        return await self._ask("abilities", schema, forms.abilities_of, self._with_abilities, user_input)

    async def async_step_limits(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the expiry, the networks and the rate limit."""
        schema, entered = forms.limits(self.hass), None if user_input is None else sections.flat(user_input)
        if entered is not None and (file_id := entered.pop(forms.CERTIFICATE_FILE, None)):
            try:
                entered["certificate"] = await self.hass.async_add_executor_job(uploads.thumbprint, self.hass, file_id)
            except UploadError as err:
                return self._form("limits", schema, entered, KeyInputError({forms.CERTIFICATE_FILE: err.code}))
        return await self._ask("limits", schema, forms.limits_of, key_input.with_limits, entered)

    async def async_step_confirm(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show a summary before the key is created."""
        return self.async_show_menu(
            step_id="confirm",
            menu_options=["secret", "scope", "exclude", "abilities", "limits"],
            description_placeholders=await self._about(),
        )

    async def async_step_secret(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Save the secret, then show it once. It works as soon as it is shown."""
        if user_input is None:
            return await self._save_and_show_secret()
        if user_input[forms.CLIENT] != self._client:
            self._client = user_input[forms.CLIENT]
            return self._show_secret()
        if self._shown is not None:
            self._shown.confirm()
        return await self.async_step_waiting() if self._is_new else self._end("secret_replaced")

    async def async_step_waiting(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Wait for the first request of a new key. If the dialog is closed, the key works anyway."""
        if self._waiting is None:
            wait = first_request(self._bridge, self._key.id)
            self._waiting = self.hass.async_create_background_task(wait, "drawbridge first request")
        if not self._waiting.done():
            return self.async_show_progress(
                step_id="waiting",
                progress_action="first_request",
                description_placeholders={forms.NAME: self._key.name},
                progress_task=self._waiting,
            )
        return self.async_show_progress_done(next_step_id="waited")

    async def async_step_waited(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say whether the client has connected."""
        used = None if self._waiting is None else self._waiting.result()
        if used is None:
            return self._end("created")
        reason = "connected" if used.requests > used.refused else "first_refused"
        return self._end(reason, address=used.last_address or "")

    async def async_step_unsaved(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Try again to save the secret."""
        return await self._save_and_show_secret()

    async def async_step_reconfigure(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which part of the key to change."""
        try:
            self._key = self._stored_key()
        except DamagedValueError as err:
            return self.async_abort(reason="damaged_key", description_placeholders={"field": err.field})
        toggle = "disable" if self._key.enabled else "enable"
        learn = ["learned", "stop_learning"] if self._key.learning else ["learn"]
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[
                "rename", "scope", "exclude", "abilities", "limits", "rotate", *learn, toggle
            ],
            description_placeholders=await self._about(),
        )  # fmt: skip

    async def async_step_rename(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a new name."""
        return await self._ask("rename", forms.name(), forms.name_of, self._with_name, user_input)

    async def async_step_rotate(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how long the old secret stays valid."""
        if user_input is None:
            return self._form("rotate", forms.rotate(), {})
        self._overlap = forms.overlap_of(user_input)
        return await self._save_and_show_secret()

    async def async_step_enable(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Enable the key."""
        return await self._update(lambda key: replace(key, enabled=True), reason="enabled")

    async def async_step_disable(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Disable the key."""
        return await self._update(lambda key: replace(key, enabled=False), reason="disabled")

    async def async_step_learn(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Turn learn mode on."""
        return await self._update(lambda key: replace(key, learning=True))

    async def async_step_stop_learning(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Turn learn mode off, and delete what was recorded."""
        return await self._update(lambda key: replace(key, learning=False))

    async def async_step_learned(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Propose the smallest permissions that the client needs; they can be edited."""
        bridge = self._bridge
        lesson = bridge.lessons.get(self._key.id)
        if lesson is None:
            return self.async_abort(reason="nothing_learned")
        proposal = propose_for(self.hass, bridge, self._key, lesson)
        about = describe(lesson, proposal, self._key)
        schema = forms.learned(self.hass)
        if user_input is None:
            return self._form("learned", schema, forms.learned_of(proposal), None, **about)
        try:
            as_learned(self._key, user_input)
        except KeyInputError as err:
            return self._form("learned", schema, user_input, err, **about)
        return await self._save("learned", schema, user_input, lambda key: as_learned(key, user_input), **about)

    def _with_abilities(self, key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
        checks = (key_input.with_listed_actions,) if self._needs_actions else ()
        return key_input.collect(key, lambda key: key_input.with_abilities(key, entered), *checks)

    def _with_name(self, key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
        named = key_input.with_name(key, entered[forms.NAME])
        key_input.ensure_new_name(named.name, (item.name for item in self._bridge.keys if item.id != key.id))
        return named

    def _with_scope(self, key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
        changed = key_input.with_scope(key, entered)
        key_input.ensure_useful(changed)
        key_input.ensure_known(changed.scope.include, key.scope.include, known_items(self.hass))
        return changed

    def _with_exclude(self, key: ApiKey, entered: Mapping[str, Any]) -> ApiKey:
        changed = key_input.with_exclude(key, entered)
        key_input.ensure_known(changed.scope.exclude, key.scope.exclude, known_items(self.hass))
        return changed

    async def _save_and_show_secret(self) -> SubentryFlowResult:
        """Save a new secret. Only if that worked, show it."""
        self._secret = generate()
        try:
            await (self._create_key() if self._is_new else self._rotate_key())
        except KeyNotSavedError as err:
            return self.async_show_form(
                step_id="unsaved",
                data_schema=vol.Schema({}),
                errors={"base": "not_saved"},
                description_placeholders={forms.NAME: self._key.name, "reason": err.reason},
            )
        self._shown = ShownSecret(self.hass, [self._key.name])
        return self._show_secret()

    async def _create_key(self) -> None:
        secrets = (StoredSecret(digest(self._secret)),)
        key = replace(self._key, id=ulid_now(), secrets=secrets, created=time.time())
        await self._bridge.keeper.create(key)
        self._key = key

    async def _rotate_key(self) -> None:
        new, now = digest(self._secret), time.time()
        await self._bridge.change_key(self._key.id, lambda key: key.rotated(new, now, self._overlap))

    def _show_secret(self) -> SubentryFlowResult:
        about = handover(addresses(self._bridge, self._key), self._secret, self._client)
        return self.async_show_form(
            step_id="secret",
            data_schema=forms.secret(self._secret, about["address"], self._client, self._link()),
            description_placeholders={forms.NAME: self._key.name, **about},
            last_step=True,
        )

    def _link(self) -> str | None:
        """Return the link that signs a browser in, for a key that may open the pages."""
        if Capability.DASHBOARD not in self._key.capabilities:
            return None
        return link(self.hass, self._bridge.options, self._secret)

    @override
    @callback
    def async_remove(self) -> None:
        """Tell the user about a key whose page with the secret was closed. The key works."""
        if self._shown is not None:
            self._shown.close()

    def _stored_key(self) -> ApiKey:
        subentry = self._get_reconfigure_subentry()
        return ApiKey.from_mapping(subentry.subentry_id, subentry.title, subentry.data)

    async def _about(self) -> dict[str, str]:
        bridge = self._bridge
        return {forms.NAME: self._key.name, **await summarize(bridge, self._key)}
