"""Reads options from the command line and the environment.

Flags override environment variables, which override the defaults. An empty
variable counts as not set.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option[T]:
    """One setting: its names, its default value and its parser.

    ``parse`` raises a ValueError that says what is wrong and how to fix it.
    """

    env: str | None
    flag: str | None
    default: T
    parse: Callable[[str], T]
    metavar: str
    help: str

    @property
    def dest(self) -> str:
        """The attribute of the flag in the namespace of argparse."""
        return (self.flag or "").removeprefix("--").replace(".", "_").replace("-", "_")


def add_flags(parser: ArgumentParser, options: Sequence[Option[Any]]) -> None:
    """Add the flags of the options to ``parser``."""
    for option in options:
        if option.flag is None:
            continue
        variable = f" [{option.env}]" if option.env else ""
        parser.add_argument(option.flag, dest=option.dest, metavar=option.metavar, help=f"{option.help}{variable}")


class Source:
    """Reads options, and collects the problems so that all are reported together."""

    def __init__(self, environ: Mapping[str, str], flags: Namespace) -> None:
        """Create a source in which ``flags`` override ``environ``."""
        self._environ = environ
        self._flags: dict[str, str | None] = vars(flags)
        self.problems: list[str] = []

    def read[T](self, option: Option[T]) -> T:
        """Return the value of an option, or its default if the text is invalid."""
        name, text = self._find(option)
        if text is None:
            return option.default
        try:
            return option.parse(text)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
            return option.default

    def is_set(self, option: Option[Any]) -> bool:
        """Return whether the command line or the environment sets the option."""
        return self._find(option)[1] is not None

    def name(self, option: Option[Any]) -> str:
        """Return the flag or variable that sets the option, or its variable if none does."""
        return self._find(option)[0]

    def _find(self, option: Option[Any]) -> tuple[str, str | None]:
        if option.flag is not None:
            text = self._flags.get(option.dest)
            if text is not None:
                return option.flag, text
        if option.env is None:
            return option.flag or "", None
        text = self._environ.get(option.env, "").strip()
        return option.env, text or None
