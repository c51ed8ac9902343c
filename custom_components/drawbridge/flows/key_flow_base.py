"""What the steps of a key's flow share: forms for one part of the key, and how a submitted change is saved."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.data_entry_flow import AbortFlow

from ..bridge import Bridge, DrawbridgeConfigEntry
from ..keys import ApiKey
from ..keys.keeper import KeyNotSavedError
from ..keys.key_input import KeyInputError
from ..policy_tests.guard import BrokenTestsError
from . import key_forms as forms, sections
from .lost_requests import lost_requests

_BROKEN_TESTS: Final = KeyInputError({"base": "broken_tests"})
_REFUSES_REQUESTS: Final = KeyInputError({"base": "refuses_requests"})

type _Change = Callable[[ApiKey, Mapping[str, Any]], ApiKey]
type _Step = Callable[[], Awaitable[SubentryFlowResult]]


class KeyFlowBase(ConfigSubentryFlow):
    """A flow that changes a key part by part. A new key is kept in memory until the steps are done."""

    _key: ApiKey
    _questions: list[str]
    """The next steps of a new key."""
    _confirmed: Mapping[str, Any] | None = None
    """What was submitted when the form said that it would refuse recorded requests. To submit it again confirms it."""

    async def _ask(
        self,
        step: str,
        schema: vol.Schema,
        current: Callable[[ApiKey], dict[str, Any]],
        change: _Change,
        user_input: dict[str, Any] | None,
    ) -> SubentryFlowResult:
        """Show the form for one part of the key, or apply what was submitted and continue."""
        if user_input is None:
            return self._form(step, schema, current(self._key))
        entered = sections.flat(user_input)
        try:
            changed = change(self._key, entered)
        except KeyInputError as err:
            return self._form(step, schema, entered, err)
        if not self._is_new:
            return await self._save(step, schema, entered, lambda key: change(key, entered))
        self._key = changed
        return await self._ask_next()

    async def _save(
        self,
        step: str,
        schema: vol.Schema,
        entered: Mapping[str, Any],
        change: Callable[[ApiKey], ApiKey],
        **about: str,
    ) -> SubentryFlowResult:
        """Save a change that breaks no policy test. If it would refuse recorded requests, ask for a confirmation."""
        before, self._key = self._key, change(self._key)
        try:
            await self._bridge.policy.check(before, self._key)
            if entered != self._confirmed and (lost := await lost_requests(self._bridge, before, self._key)):
                self._key, self._confirmed = before, entered
                return self._form(step, schema, entered, _REFUSES_REQUESTS, **about, **lost)
            return await self._update(change)
        except BrokenTestsError as err:
            self._key = before
            about |= {forms.NAME: before.name, "tests": err.tests}
            return self._form(step, schema, entered, _BROKEN_TESTS, **about)

    async def _ask_next(self) -> SubentryFlowResult:
        name = self._questions.pop(0) if self._questions else "confirm"
        step: _Step = getattr(self, f"async_step_{name}")
        return await step()

    def _form(
        self,
        step: str,
        schema: vol.Schema,
        values: Mapping[str, Any],
        failed: KeyInputError | None = None,
        **about: str,
    ) -> SubentryFlowResult:
        errors = {} if failed is None else failed.errors
        form = sections.grouped(schema, values, errors)
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(form, sections.nested(values)),
            errors=sections.placed(errors),
            description_placeholders={**about, **({} if failed is None else failed.values)},
            last_step=not self._is_new,
        )

    async def _update(
        self, change: Callable[[ApiKey], ApiKey], *, reason: str = "reconfigure_successful"
    ) -> SubentryFlowResult:
        try:
            await self._bridge.change_key(self._key.id, change)
        except KeyNotSavedError as err:
            return self.async_abort(reason="not_saved", description_placeholders={"reason": err.reason})
        return self._end(reason)

    def _end(self, reason: str, **about: str) -> SubentryFlowResult:
        """End the flow with a sentence that says what was done."""
        return self.async_abort(reason=reason, description_placeholders={forms.NAME: self._key.name, **about})

    @property
    def _bridge(self) -> Bridge:
        entry: DrawbridgeConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("not_loaded")
        return entry.runtime_data

    @property
    def _is_new(self) -> bool:
        return self.source == "user"
