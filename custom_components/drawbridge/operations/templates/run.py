"""The data of one rendering. The environment and the compiled templates are shared by all renderings."""

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from jinja2.utils import Namespace

from .errors import TemplateRefusedError, TemplateTooMuchError
from .meter import ITEM_UNITS, Meter
from .sizes import CONTAINERS, MAX_BITS, SMALL, Sizes
from .visible_home import VisibleHome


class Run:
    """One rendering: the key's view, the resources used, and the first refusal."""

    __slots__ = ("home", "meter", "refusal", "sizes")

    def __init__(self, home: VisibleHome, pause_every: int, pause: Callable[[], None]) -> None:
        """Start a rendering."""
        self.home = home
        self.meter = Meter(pause_every, pause)
        self.sizes = Sizes(self.meter)
        self.refusal: TemplateRefusedError | TemplateTooMuchError | None = None
        home.on_listing = self._listing
        # A long-running template is rendered again from the start.
        home.warnings.clear()

    def taken(self, value: Any) -> Any:  # noqa: ANN401 - templates work with values of any kind
        """Return a new value if it is not too large. An iterator is counted while it is consumed.

        Raises:
            TemplateTooMuchError: The value is too large.

        """
        meter = self.meter
        if isinstance(value, (str, bytes)):
            meter.text(len(value))
        elif isinstance(value, int):
            if value.bit_length() > MAX_BITS:
                raise TemplateTooMuchError("A number is too large.")
            meter.step()
        elif type(value) in SMALL:
            meter.step()
        elif isinstance(value, CONTAINERS):
            meter.items(len(value))
            self.sizes.held(value)
        elif isinstance(value, Iterator):
            return self.counted(value)
        else:
            meter.step()
        return value

    def counted(self, values: Iterable[Any], steps: int = 1) -> Iterator[Any]:
        """Yield values, and count them."""
        meter = self.meter
        for number, value in enumerate(values):
            meter.step(steps)
            if not number & 255:
                meter.items(number)
            yield value

    def listed(self, values: Any) -> Any:  # noqa: ANN401 - a container of any kind
        """Return an iterable as a value that can be measured, and measure it."""
        if isinstance(values, (str, bytes)):
            self.meter.items(len(values))
            return values
        if isinstance(values, Namespace) or not isinstance(values, Iterable):
            return values
        found = values if isinstance(values, (*CONTAINERS, range)) else list(self.counted(values))
        if not isinstance(found, range):
            self.weigh(found)
        return found

    def weigh(self, value: object) -> None:
        """Count the work of reading a value once with all its contents."""
        if isinstance(value, (str, bytes)):
            self.meter.step(1 + len(value) // 64)
        elif type(value) in SMALL:
            self.meter.step()
        elif isinstance(value, CONTAINERS):
            self.meter.step(1 + self.sizes.held(value) // (2 * ITEM_UNITS))
        elif isinstance(value, range):
            self.meter.step(1 + len(value) // 2)
        else:
            self.meter.step()

    def refuse(self, error: TemplateRefusedError | TemplateTooMuchError) -> None:
        """Remember a refusal, in case a function catches the exception."""
        if self.refusal is None:
            self.refusal = error

    def _listing(self, number: int) -> None:
        self.meter.step(1 + 3 * number)


_RUN: ContextVar[Run] = ContextVar("drawbridge_template_run")
current = _RUN.get
start = _RUN.set
reset = _RUN.reset


def current_home() -> VisibleHome:
    """Return the view of the template that is being rendered."""
    return current().home
