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
    repeatable: bool = False
    """Whether the flag can be given several times. ``Source.read_all`` returns all values."""
    bare: bool = False
    """Whether the flag can be given without a value, which means true."""

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
        parser.add_argument(
            option.flag,
            dest=option.dest,
            metavar=option.metavar,
            help=f"{option.help}{variable}",
            action="append" if option.repeatable else "store",
            nargs="?" if option.bare else None,
            const="true" if option.bare else None,
        )


class Source:
    """Reads options, and collects the problems so that all are reported together."""

    def __init__(self, environ: Mapping[str, str], flags: Namespace) -> None:
        """Create a source in which ``flags`` override ``environ``."""
        self._environ = environ
        self._flags: dict[str, str | list[str] | None] = vars(flags)
        self.problems: list[str] = []

    def read[T](self, option: Option[T]) -> T:
        """Return the value of an option, or its default if the text is invalid."""
        name, text = self._find(option)
        return option.default if text is None else self._parse(option, name, text, option.default)

    def read_all[T](self, option: Option[T]) -> tuple[T, ...]:
        """Return the values of a repeatable flag; nothing if it is not given."""
        texts = self._flags.get(option.dest) or []
        name = option.flag or ""
        return tuple(self._parse(option, name, text, option.default) for text in texts)

    def _parse[T](self, option: Option[T], name: str, text: str, default: T) -> T:
        try:
            return option.parse(text)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
            return default

    def is_set(self, option: Option[Any]) -> bool:
        """Return whether the command line or the environment sets the option."""
        return self._find(option)[1] is not None

    def name(self, option: Option[Any]) -> str:
        """Return the flag or variable that sets the option, or its variable if none does."""
        return self._find(option)[0]

    def _find(self, option: Option[Any]) -> tuple[str, str | None]:
        if option.flag is not None:
            text = self._flags.get(option.dest)
            if isinstance(text, str):
                return option.flag, text
        if option.env is None:
            return option.flag or "", None
        text = self._environ.get(option.env, "").strip()
        return option.env, text or None
