"""Counts the work that a template does and the data that it makes, and ends it at a limit.

Work is counted in steps, not in time. A step stands for one small operation of the template (a look-up, a call, a
comparison) or for the part of a larger one that takes about as long. The same template takes the same number of steps
on every machine, however busy that machine is, and whenever the garbage collector runs.

Data is counted in units when it is made and never given back, so what is alive at any time is at most what was made.
One character is one unit; one item of a list is 32.
"""

from collections.abc import Callable
from typing import Final

from .errors import TemplateTooMuchError

MAX_STEPS: Final = 400_000
MAX_MADE: Final = 16_777_216
MAX_TEXT: Final = 262_144
MAX_ITEMS: Final = 50_000
MAX_CALL_DEPTH: Final = 40
ITEM_UNITS: Final = 32
UNITS_PER_STEP: Final = 256


class Meter:
    """What one rendering has taken.

    Args:
        pause_every: After so many steps ``pause`` is called, and again after as many more.
        pause: Waits for its turn, or raises to end the rendering.

    """

    __slots__ = ("_made", "_next", "_pause", "_pause_every", "_steps", "depth")

    def __init__(self, pause_every: int, pause: Callable[[], None]) -> None:
        """Start at zero."""
        self._steps = 0
        self._made = 0
        self._pause_every = pause_every
        self._pause = pause
        self._next = min(pause_every, MAX_STEPS)
        self.depth = 0

    @property
    def steps(self) -> int:
        """The steps taken so far."""
        return self._steps

    @property
    def made(self) -> int:
        """The units made so far."""
        return self._made

    def step(self, steps: int = 1) -> None:
        """Take steps. Raises ``TemplateTooMuchError`` at the limit."""
        self._steps += steps
        if self._steps >= self._next:
            self._stop()

    def make(self, units: int) -> None:
        """Make data, and take a step for each so many units of it. Raises ``TemplateTooMuchError`` at the limit."""
        self._made += units
        if self._made > MAX_MADE:
            raise TemplateTooMuchError(f"The template makes more than {MAX_MADE} characters, or as much in lists.")
        self.step(1 + units // UNITS_PER_STEP)

    def text(self, length: int) -> None:
        """Make a text. Raises ``TemplateTooMuchError`` if it is too long."""
        if length > MAX_TEXT:
            raise TemplateTooMuchError(f"A text is longer than {MAX_TEXT} characters.")
        self.make(length)

    def items(self, count: int) -> None:
        """Make a list. Raises ``TemplateTooMuchError`` if it is too long."""
        if count > MAX_ITEMS:
            raise TemplateTooMuchError(f"A list has more than {MAX_ITEMS} items.")
        self.make(ITEM_UNITS * (count + 1))

    def enter(self) -> None:
        """Enter a macro. Raises ``TemplateTooMuchError`` if macros call each other too deep."""
        self.depth += 1
        if self.depth > MAX_CALL_DEPTH:
            raise TemplateTooMuchError(f"Macros are called more than {MAX_CALL_DEPTH} deep.")

    def _stop(self) -> None:
        if self._steps >= MAX_STEPS:
            raise TemplateTooMuchError(f"The template takes more than {MAX_STEPS} steps.")
        self._next = min(self._steps + self._pause_every, MAX_STEPS)
        self._pause()
