"""Reads YAML files, and reports problems with their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from operator import itemgetter
from pathlib import Path
from typing import Final

import yaml

_MAX_FILE_BYTES: Final = 1024 * 1024
_MIN_SIMILARITY: Final = 0.5


class ConfigFileError(Exception):
    """A file is invalid. ``problems`` has one line for each problem."""

    def __init__(self, problems: list[str]) -> None:
        """Create an error with all problems, in the order of the file."""
        super().__init__("\n".join(problems))
        self.problems = problems


class YamlFile:
    """A file and the problems found in it."""

    def __init__(self, path: Path) -> None:
        """Create a reader of the file at ``path``. Paths in it are relative to its folder."""
        self._path = path
        self._problems: list[tuple[int, str]] = []

    def root(self) -> YamlValue:
        """Return the root value. An empty file is an empty mapping.

        Raises:
            ConfigFileError: The file cannot be read or is not YAML.

        """
        try:
            with self._path.open("rb") as file:
                text = file.read(_MAX_FILE_BYTES + 1)
        except OSError as error:
            raise ConfigFileError([f"{self._path}: cannot be read: {error.strerror}."]) from error
        if len(text) > _MAX_FILE_BYTES:
            raise ConfigFileError([f"{self._path}: is larger than 1 MiB."])
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            raise ConfigFileError([self._syntax(error)]) from error
        return YamlValue(self, node or yaml.MappingNode("tag:yaml.org,2002:map", []), "")

    def note(self, node: yaml.Node, problem: str) -> None:
        """Add a problem with its line."""
        line = 1 if node.start_mark is None else node.start_mark.line + 1
        self._problems.append((line, f"{self._path}:{line}: {problem}"))

    @property
    def is_sound(self) -> bool:
        """Whether no problem has been found so far."""
        return not self._problems

    def check(self) -> None:
        """Raise ConfigFileError if a problem has been found."""
        if not self.is_sound:
            raise ConfigFileError([text for _, text in sorted(self._problems, key=itemgetter(0))])

    def resolve(self, text: str) -> Path:
        """Return the path ``text``, relative to the folder of the file."""
        return self._path.parent / text

    def _syntax(self, error: yaml.YAMLError) -> str:
        if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
            return f"{self._path}:{error.problem_mark.line + 1}: is not YAML: {error.problem}."
        return f"{self._path}: is not YAML."


@dataclass(frozen=True, slots=True)
class YamlValue:
    """A value, its file and its path within the file.

    If the value has the wrong type, the methods add a problem to the file and
    return an empty value, so that all problems are found together.
    """

    file: YamlFile
    node: yaml.Node
    path: str

    def problem(self, text: str) -> None:
        """Add a problem of this value to the file."""
        self.file.note(self.node, f"{self.path}: {text}" if self.path else text)

    def mapping(self, known: Iterable[str] | None = None) -> dict[str, YamlValue]:
        """Return the members. If ``known`` is set, other names are problems."""
        if self._is_null():
            return {}
        if not isinstance(self.node, yaml.MappingNode):
            self.problem("is not a mapping. Write name: value on each line.")
            return {}
        members: dict[str, YamlValue] = {}
        names = None if known is None else frozenset(known)
        for key, value in self.node.value:
            name = str(key.value)
            member = YamlValue(self.file, value, f"{self.path}.{name}" if self.path else name)
            if name in members:
                self.file.note(key, f"{member.path}: is duplicated. Remove one.")
            elif names is not None and name not in names:
                self.file.note(key, f"{member.path}: is unknown. {_hint(name, names)}")
            else:
                members[name] = member
        return members

    def items(self) -> list[YamlValue]:
        """Return the items of a sequence."""
        if self._is_null():
            return []
        if not isinstance(self.node, yaml.SequenceNode):
            self.problem("is not a list. Write - value on each line.")
            return []
        return [YamlValue(self.file, item, f"{self.path}[{index}]") for index, item in enumerate(self.node.value)]

    def read[T](self, parse: Callable[[str], T], default: T) -> T:
        """Return the parsed text. A ValueError of ``parse`` becomes a problem."""
        if not isinstance(self.node, yaml.ScalarNode) or self._is_null():
            self.problem("has no value.")
            return default
        try:
            return parse(self.node.value)
        except ValueError as error:
            self.problem(str(error))
            return default

    def text(self) -> str:
        """Return the text."""
        return self.read(str, "")

    def existing_file(self, text: str) -> Path:
        """Return the path of a readable file. Use it as a parser for ``read``."""
        path = self.file.resolve(text)
        try:
            path.open("rb").close()
        except OSError as error:
            message = f"cannot read {path}: {error.strerror}. Check the path and its permissions."
            raise ValueError(message) from error
        return path

    def _is_null(self) -> bool:
        return self.node.tag == "tag:yaml.org,2002:null"


def _hint(name: str, known: frozenset[str]) -> str:
    close = get_close_matches(name, known, 1, _MIN_SIMILARITY)
    return f"Did you mean {close[0]}?" if close else f"Use one of {', '.join(sorted(known))}."
