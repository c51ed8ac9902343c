"""A template subscription: renders again when the states that it reads change, as often as Home Assistant does."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import (
    TrackStates,
    async_track_state_change_filtered,
    async_track_utc_time_change,
)

from ...keys import Capability
from ...refusal import Refusal, RefusedError
from ...scope.redaction import without_bearer_text
from ..caller import Caller
from ..declaration import Operation
from .errors import TemplateRefusedError, TemplateTooMuchError
from .renderer import Job, TemplateBudgetError, TemplateBusyError, async_get_renderer
from .rendering import refusal_of
from .results import parsed
from .visible_home import VisibleHome

FOLLOW: Final = Operation("templates.follow", Capability.TEMPLATE, names=("entity_ids",), everything=True)

_ALL_SECONDS: Final = 60.0
"""A template that reads all states is rendered at most once in this period, as in Home Assistant."""
_DOMAIN_SECONDS: Final = 1.0
"""The same, for a template that reads all states of a domain."""
_MAX_SHOWN_CHARACTERS: Final = 500

type Report = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result or the error of a rendering, and what it depends on."""

    home: VisibleHome
    result: Any = None
    error: str | None = None

    @property
    def listeners(self) -> dict[str, Any]:
        """What the template depends on, in the form that Home Assistant sends."""
        states = self.states
        return {
            "all": states.all_states,
            "entities": sorted(states.entities),
            "domains": sorted(states.domains),
            "time": self.home.uses_time,
        }

    @property
    def states(self) -> TrackStates:
        """The states that the template depends on."""
        home = self.home
        domains = home.listed | home.counted
        if None in domains:
            return TrackStates(True, set(), set())  # noqa: FBT003 - a tuple of Home Assistant's
        return TrackStates(False, set(home.touched), {domain for domain in domains if domain is not None})  # noqa: FBT003 - the same

    def delay(self, event: Event[EventStateChangedData], since: float) -> float | None:
        """Return the delay until the next rendering after a change; ``None`` if the result does not depend on it.

        ``since`` is the number of seconds since the last rendering.
        """
        home, entity_id = self.home, event.data["entity_id"]
        if entity_id in home.touched:
            return 0.0
        domains = {None, entity_id.partition(".")[0]}
        is_new_or_gone = event.data["old_state"] is None or event.data["new_state"] is None
        if not domains & home.listed and not (is_new_or_gone and domains & home.counted):
            return None
        limit = _ALL_SECONDS if None in home.listed or self.error is not None else _DOMAIN_SECONDS
        return max(0.0, limit - since)


class TemplateWatch:
    """Renders the template of a subscription."""

    def __init__(  # noqa: PLR0913 - what a client may choose
        self,
        current: Callable[[], Caller],
        source: str,
        variables: Mapping[str, Any],
        report: Report,
        *,
        strict: bool,
        report_errors: bool,
    ) -> None:
        """Create a watch.

        Args:
            current: Returns the caller with the current key.
            source: The template.
            variables: Its variables.
            report: Called with the event that Home Assistant's own command sends.
            strict: Whether an undefined variable is an error.
            report_errors: Whether to report errors and warnings.

        """
        self._current = current
        self._source = source
        self._variables = variables
        self._report = report
        self._strict = strict
        self._report_errors = report_errors
        self.asked: frozenset[str] = frozenset()
        """The entities that the last rendering read."""
        self._outcome: Outcome | None = None
        self._last: Outcome | None = None
        self._rendered_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_wanted = False
        self._is_over = False
        self._tracker: Any = None
        self._stop_time: Callable[[], None] | None = None
        self._stop_listening: Callable[[], None] | None = None

    @property
    def _hass(self) -> HomeAssistant:
        return self._current().hass

    async def prepare(self) -> None:
        """Render for the first time.

        Raises:
            RefusedError: The template uses something that is not allowed, or reads something outside the scope.
            TemplateTooMuchError: The template exceeds a limit.

        """
        self._outcome = await self._render()

    def start(self) -> None:
        """Report the first result, and start following changes."""
        self._stop_listening = self._current().resources.directory.listen(self._moved)
        if self._outcome is not None:
            self._apply(self._outcome)

    def stop(self) -> None:
        """Stop rendering."""
        self._is_over = True
        if self._task is not None:
            self._task.cancel()
        if self._timer is not None:
            self._timer.cancel()
        if self._stop_listening is not None:
            self._stop_listening()
        self._untrack()

    def key_changed(self, _caller: Caller) -> None:
        """Render again with the changed key."""
        self._want(0.0)

    async def _render(self) -> Outcome:
        caller = self._current()
        home = VisibleHome(caller.hass, caller.home.scope, caller.redaction)
        job = Job(caller.key.id, self._source, self._variables, home, caller.ensure_unchanged, self._strict)
        self._rendered_at = caller.hass.loop.time()
        try:
            text = await async_get_renderer(caller.hass).render(job)
        except RefusedError, TemplateTooMuchError:
            raise
        except (TemplateBudgetError, TemplateBusyError, TemplateRefusedError) as err:
            raise refusal_of(err) from err
        except Exception as err:  # noqa: BLE001 - whatever is raised, the client's template is the cause of it
            return Outcome(home, error=_shown(f"{type(err).__name__}: {err}"))
        finally:
            self.asked = frozenset(home.asked)
        return Outcome(home, parsed(without_bearer_text(text)))

    # --- When to render again

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        if self._outcome is not None:
            delay = self._outcome.delay(event, self._hass.loop.time() - self._rendered_at)
            if delay is not None:
                self._want(delay)

    @callback
    def _minute_passed(self, _now: datetime) -> None:
        self._want(0.0)

    def _moved(self, entity_id: str) -> None:
        outcome = self._outcome
        if outcome is None or entity_id in outcome.home.asked or outcome.home.listed:
            self._want(0.0)

    def _want(self, delay: float) -> None:
        """Render again after a delay in seconds, or earlier if that is already planned."""
        if self._is_over:
            return
        loop = self._hass.loop
        due = loop.time() + delay
        if self._timer is not None:
            if self._timer.when() <= due:
                return
            self._timer.cancel()
        self._timer = loop.call_at(due, self._go)

    def _go(self) -> None:
        self._timer = None
        if self._task is not None and not self._task.done():
            self._is_wanted = True
            return
        self._task = self._hass.async_create_background_task(self._render_again(), "drawbridge template")

    async def _render_again(self) -> None:
        if not self._current().may(Capability.TEMPLATE):
            self._untrack()
            return
        try:
            outcome = await self._render()
        except RefusedError as err:
            if err.refusal in {Refusal.TEMPLATE_BUDGET, Refusal.TEMPLATE_BUSY, Refusal.KEY_CHANGED}:
                self._want(float(err.retry_after or 1))
                return
            outcome = Outcome(self._last_home(), error=err.message)
        except TemplateTooMuchError as err:
            outcome = Outcome(self._last_home(), error=_shown(str(err)))
        self._apply(outcome)
        if self._is_wanted:
            self._is_wanted = False
            self._want(0.0)

    def _last_home(self) -> VisibleHome:
        """Return the view of the last successful rendering, for one that failed: its dependencies are unknown."""
        assert self._outcome is not None  # noqa: S101 - it was rendered before
        return self._outcome.home

    # --- Results

    def _apply(self, outcome: Outcome) -> None:
        if self._is_over:
            return
        self._outcome = outcome
        self._track(outcome)
        if self._report_errors:
            for level, message in outcome.home.warnings:
                self._report({"error": _shown(message), "level": logging.getLevelName(level)})
        last, self._last = self._last, outcome
        if outcome.error is not None:
            if self._report_errors and (last is None or last.error is None):
                self._report({"error": outcome.error, "level": "ERROR"})
        elif last is None or last.error is not None or last.result != outcome.result:
            self._report({"result": outcome.result, "listeners": outcome.listeners})

    def _track(self, outcome: Outcome) -> None:
        if self._tracker is None:
            self._tracker = async_track_state_change_filtered(self._hass, outcome.states, self._changed)
        else:
            self._tracker.async_update_listeners(outcome.states)
        if outcome.home.uses_time and self._stop_time is None:
            self._stop_time = async_track_utc_time_change(self._hass, self._minute_passed, second=0)
        elif not outcome.home.uses_time and self._stop_time is not None:
            self._stop_time()
            self._stop_time = None

    def _untrack(self) -> None:
        if self._tracker is not None:
            self._tracker.async_remove()
            self._tracker = None
        if self._stop_time is not None:
            self._stop_time()
            self._stop_time = None


def _shown(text: str) -> str:
    return without_bearer_text(text[:_MAX_SHOWN_CHARACTERS])
