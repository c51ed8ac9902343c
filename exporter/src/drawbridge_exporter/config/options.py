"""Where a setting comes from: the command line, the environment, its default.

A flag wins over its variable, a variable over the default. A variable that
is set but empty counts as not set.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option[T]:
    """One setting: its names, its default and how its text is read.

    ``parse`` raises ValueError with what is wrong and how to mend it.
    """

    env: str | None
    flag: str | None
    default: T
    parse: Callable[[str], T]
    metavar: str
    help: str

    @property
    def dest(self) -> str:
        """The name of the flag in argparse's namespace."""
        return (self.flag or "").removeprefix("--").replace(".", "_").replace("-", "_")


def add_flags(parser: ArgumentParser, options: Sequence[Option[Any]]) -> None:
    """Give ``parser`` a flag for each option that has one."""
    for option in options:
        if option.flag is None:
            continue
        variable = f" [{option.env}]" if option.env else ""
        parser.add_argument(option.flag, dest=option.dest, metavar=option.metavar, help=f"{option.help}{variable}")


class Source:
    """Reads options and keeps every problem, so that all are told at once."""

    def __init__(self, environ: Mapping[str, str], flags: Namespace) -> None:
        """Read from ``flags`` first and then from ``environ``."""
        self._environ = environ
        self._flags: dict[str, str | None] = vars(flags)
        self.problems: list[str] = []

    def read[T](self, option: Option[T]) -> T:
        """Return the option's value; its default where the text is wrong."""
        name, text = self._find(option)
        if text is None:
            return option.default
        try:
            return option.parse(text)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
            return option.default

    def is_set(self, option: Option[Any]) -> bool:
        """Return whether the command line or the environment gives the option."""
        return self._find(option)[1] is not None

    def name(self, option: Option[Any]) -> str:
        """Return the name under which the option was given, else its first name."""
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
