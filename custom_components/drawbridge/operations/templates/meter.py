"""Counts the work and the created data of a template, and stops it at a limit.

Work is counted in steps, not in time. A step is one small operation of the template (a look-up, a call, a comparison)
or a part of a larger operation that takes about as long. A template takes the same number of steps on every machine,
independent of its load and of garbage collection.

Data is counted in units when it is created and never subtracted, so the count is an upper bound of the memory in use. A
character is one unit; an item of a list is 32.
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
    """The resources used by one rendering.

    Args:
        pause_every: The number of steps between calls of ``pause``.
        pause: Waits for the next slice, or raises to stop the rendering.

    """

    __slots__ = ("_made", "_next", "_pause", "_pause_every", "_steps", "depth")

    def __init__(self, pause_every: int, pause: Callable[[], None]) -> None:
        """Create a meter at zero."""
        self._steps = 0
        self._made = 0
        self._pause_every = pause_every
        self._pause = pause
        self._next = min(pause_every, MAX_STEPS)
        self.depth = 0

    @property
    def steps(self) -> int:
        """The number of steps so far."""
        return self._steps

    @property
    def made(self) -> int:
        """The number of units so far."""
        return self._made

    def step(self, steps: int = 1) -> None:
        """Count steps. Raises ``TemplateTooMuchError`` at the limit."""
        self._steps += steps
        if self._steps >= self._next:
            self._stop()

    def make(self, units: int) -> None:
        """Count created data, and the steps for creating it. Raises ``TemplateTooMuchError`` at the limit."""
        self._made += units
        if self._made > MAX_MADE:
            raise TemplateTooMuchError(f"The template makes more than {MAX_MADE} characters, or as much in lists.")
        self.step(1 + units // UNITS_PER_STEP)

    def text(self, length: int) -> None:
        """Count a created string. Raises ``TemplateTooMuchError`` if it is too long."""
        if length > MAX_TEXT:
            raise TemplateTooMuchError(f"A text is longer than {MAX_TEXT} characters.")
        self.make(length)

    def items(self, count: int) -> None:
        """Count a created list. Raises ``TemplateTooMuchError`` if it is too long."""
        if count > MAX_ITEMS:
            raise TemplateTooMuchError(f"A list has more than {MAX_ITEMS} items.")
        self.make(ITEM_UNITS * (count + 1))

    def enter(self) -> None:
        """Count a nested macro call. Raises ``TemplateTooMuchError`` if macros are nested too deeply."""
        self.depth += 1
        if self.depth > MAX_CALL_DEPTH:
            raise TemplateTooMuchError(f"Macros are called more than {MAX_CALL_DEPTH} deep.")

    def _stop(self) -> None:
        if self._steps >= MAX_STEPS:
            raise TemplateTooMuchError(f"The template takes more than {MAX_STEPS} steps.")
        self._next = min(self._steps + self._pause_every, MAX_STEPS)
        self._pause()
