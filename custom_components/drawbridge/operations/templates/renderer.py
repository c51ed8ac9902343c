"""Renders the templates of keys: short ones at once, long ones in slices, within the CPU budget of each key."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import jinja2
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import is_template_string
from homeassistant.helpers.template.context import template_context_manager
from homeassistant.util.hass_dict import HassKey

from ...masking import holds_secret
from . import rules, run as runs
from .budget import Budget, WorkClock
from .environment import KeyEnvironment
from .errors import TemplateLongError, TemplateRefusedError, TemplateTooMuchError
from .run import Run
from .slices import Slices
from .visible_home import KeyKind, VisibleHome

SLICE_STEPS: Final = 2_000
INLINE_STEPS: Final = 4_000

_STEP_SECONDS: Final = 2e-6
"""What a step of a short template takes: 0.6 to 2 µs were measured."""
_MAX_CACHED: Final = 256
_MAX_CACHED_CHARACTERS: Final = 262_144
_MAX_WAIT_SECONDS: Final = 10.0
_COMPILED_AT_ONCE_CHARACTERS: Final = 512
"""Longer templates are compiled in the executor: to compile one of 16,384 characters can take 0.1 s."""


type _Kind = tuple[KeyKind, bool]
"""What a key sees, and whether undefined variables are errors."""


class TemplateBudgetError(Exception):
    """The key's templates have used up its CPU budget. ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        """Create an error with the seconds until the key may render again."""
        super().__init__("budget")
        self.retry_after = retry_after


class TemplateBusyError(Exception):
    """Other templates of the key are currently being rendered."""


@dataclass(slots=True)
class _Compiled:
    """A compiled template, for all keys of a kind."""

    template: jinja2.Template
    environment: KeyEnvironment
    refused: frozenset[str]
    is_long: bool = False


@dataclass(slots=True)
class _Turns:
    """The queue of the templates of one key."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """A template to render.

    Attributes:
        key_id: The key that the template belongs to.
        source: The template.
        variables: The client's variables.
        home: The key's view of Home Assistant.
        ensure_wanted: Called after each yield to the event loop. Raises to stop the rendering.
        strict: Whether an undefined variable is an error.

    """

    key_id: str
    source: str
    variables: Mapping[str, Any]
    home: VisibleHome
    ensure_wanted: Callable[[], None]
    strict: bool = False


class Renderer:
    """Renders templates. There is one for each Home Assistant instance."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Create a renderer without compiled templates."""
        self._hass = hass
        self._environments: dict[_Kind, KeyEnvironment] = {}
        self._compiled: OrderedDict[tuple[_Kind, str], _Compiled] = OrderedDict()
        self._characters = 0
        self._budget = Budget()
        self._keys: dict[str, _Turns] = {}
        self._slice_turn = asyncio.Lock()

    async def render(self, job: Job) -> str:
        """Render a template. Templates of a key are rendered one after the other.

        Raises:
            TemplateRefusedError: The template uses something that is not allowed, or reads something outside the scope.
            TemplateTooMuchError: The template exceeds a limit.
            TemplateBudgetError: The key has used up its CPU budget.
            TemplateBusyError: Other templates of the key are still being rendered.
            Exception: Any error of the template itself.

        """
        if len(job.source) > rules.MAX_LENGTH:
            raise TemplateTooMuchError(f"The template is longer than {rules.MAX_LENGTH} characters.")
        source = job.source.strip()
        if not is_template_string(source):
            return source
        if source is not job.source:
            job = replace(job, source=source)
        if job.key_id not in self._keys and (compiled := self._kept(job)) is not None and not compiled.is_long:
            self._ensure_budget(job)
            try:
                return self._render_at_once(compiled, job)
            except TemplateLongError:
                compiled.is_long = True
        turns = self._keys.setdefault(job.key_id, _Turns())
        turns.users += 1
        try:
            await _acquire(turns.lock, job.ensure_wanted)
            try:
                return await self._render(job)
            finally:
                turns.lock.release()
        finally:
            turns.users -= 1
            if not turns.users:
                del self._keys[job.key_id]

    async def _render(self, job: Job) -> str:
        self._ensure_budget(job)
        clock = WorkClock()
        try:
            compiled = await self._compiled_for(job, clock)
            if not compiled.is_long:
                try:
                    return self._render_at_once(compiled, job)
                except TemplateLongError:
                    compiled.is_long = True
            rules.ensure_functions(compiled.refused, job.variables)
            return await self._render_in_slices(compiled, job, clock)
        finally:
            if clock.seconds:
                self._budget.spend(job.key_id, clock.seconds, time.monotonic())

    def _ensure_budget(self, job: Job) -> None:
        if wait := self._budget.wait(job.key_id, time.monotonic()):
            raise TemplateBudgetError(wait)

    def _render_at_once(self, compiled: _Compiled, job: Job) -> str:
        """Render a short template. Its processor time is taken from its steps: to measure it would take longer."""
        rules.ensure_functions(compiled.refused, job.variables)
        run = Run(job.home, INLINE_STEPS, _too_long)
        try:
            return _render(compiled, job, run)
        finally:
            self._budget.spend(job.key_id, run.meter.steps * _STEP_SECONDS, time.monotonic())

    async def _render_in_slices(self, compiled: _Compiled, job: Job, clock: WorkClock) -> str:
        def work(pause: Callable[[], None]) -> str:
            with clock:
                return _render(compiled, job, Run(job.home, SLICE_STEPS, pause))

        return await Slices(work).result(self._slice_turn, job.ensure_wanted)

    async def _compiled_for(self, job: Job, clock: WorkClock) -> _Compiled:
        """Return the compiled template of a job. A long one that is new is compiled in the executor."""
        if (found := self._kept(job)) is not None:
            return found
        kind, source = (job.home.kind, job.strict), job.source
        environment = self._environments.get(kind)
        if environment is None:
            environment = self._environments[kind] = KeyEnvironment(self._hass, kind[0], strict=kind[1])
        if len(source) <= _COMPILED_AT_ONCE_CHARACTERS:
            compiled = _compile(environment, source, clock)
        else:
            compiled = await self._hass.async_add_executor_job(_compile, environment, source, clock)
            job.ensure_wanted()
        self._keep((kind, source), compiled)
        return compiled

    def _kept(self, job: Job) -> _Compiled | None:
        key = (job.home.kind, job.strict), job.source
        if (found := self._compiled.get(key)) is not None:
            self._compiled.move_to_end(key)
        return found

    def _keep(self, key: tuple[_Kind, str], compiled: _Compiled) -> None:
        """Keep a compiled template, and drop those that were not used for the longest time."""
        if key not in self._compiled:
            self._characters += len(key[1])
        self._compiled[key] = compiled
        while len(self._compiled) > _MAX_CACHED or self._characters > _MAX_CACHED_CHARACTERS:
            (_, dropped), _ = self._compiled.popitem(last=False)
            self._characters -= len(dropped)


_RENDERER: HassKey[Renderer] = HassKey("drawbridge_templates")


@callback
def async_get_renderer(hass: HomeAssistant) -> Renderer:
    """Return the renderer of a Home Assistant instance."""
    if (found := hass.data.get(_RENDERER)) is None:
        found = hass.data[_RENDERER] = Renderer(hass)
    return found


def _compile(environment: KeyEnvironment, source: str, clock: WorkClock) -> _Compiled:
    try:
        with clock:
            code, refused = environment.compile_metered(source)
            template = jinja2.Template.from_code(environment, code, environment.globals, None)
    except (TemplateRefusedError, jinja2.TemplateError) as err:
        raise _without_secrets(err, source) from None
    return _Compiled(template, environment, refused)


def _render(compiled: _Compiled, job: Job, run: Run) -> str:
    token = runs.start(run)
    try:
        if job.variables:
            run.sizes.held(job.variables)
        with template_context_manager as context:
            context.set_template(job.source, "rendering")
            template = compiled.template
            rendering = template.root_render_func(template.new_context(dict(job.variables)))
            text = compiled.environment.concat(rendering)
        _ensure_not_refused(run)
        return text.strip()
    except TemplateTooMuchError:
        raise
    except Exception as err:  # noqa: BLE001 - whatever the template does wrong
        raise _without_secrets(err, job.source) from None
    finally:
        runs.reset(token)


def _ensure_not_refused(run: Run) -> None:
    if run.refusal is not None:
        raise run.refusal


def _without_secrets(err: Exception, source: str) -> Exception:
    """Return an error, without its message if the template contains a secret, because the message may quote it."""
    if not holds_secret(source):
        return err
    detail = "The template holds a secret, so its error is not shown."
    return TemplateRefusedError(err.refusal, detail) if isinstance(err, TemplateRefusedError) else TemplateError(detail)


def _too_long() -> None:
    raise TemplateLongError


async def _acquire(lock: asyncio.Lock, ensure_wanted: Callable[[], None]) -> None:
    if not lock.locked():
        await lock.acquire()
        return
    try:
        async with asyncio.timeout(_MAX_WAIT_SECONDS):
            await lock.acquire()
    except TimeoutError as err:
        raise TemplateBusyError from err
    try:
        ensure_wanted()
    except BaseException:
        lock.release()
        raise
