"""A program that the deployment files run, in the terms that all kinds of files share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_BEARER_OF_SECRETS: Final = ("KEY", "TOKEN", "PASSWORD", "SECRET")
_REFERENCES: Final = ("_FILE", "_PATH")


@dataclass(frozen=True, slots=True)
class Workload:
    """A container or a unit. ``name`` has its file. ``None`` means that this kind of file has no such setting."""

    name: str
    image: str = ""
    is_pinned: bool = True
    """Whether the image has an exact version or a digest. A program without an image is pinned."""
    is_not_root: bool = False
    is_read_only: bool = False
    keeps_privileges: bool = False
    """Whether it cannot gain privileges."""
    has_no_capabilities: bool = False
    limits: frozenset[str] = frozenset()
    """Those of ``memory`` and ``cpu`` that have a limit."""
    requests: frozenset[str] | None = frozenset()
    """Those of ``memory`` and ``cpu`` that are reserved."""
    is_watched: bool = False
    """Whether its health is checked."""
    restarts: bool = False
    replicas: int = 1
    rolls: bool = False
    """Whether a new instance is ready before an old one is stopped."""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def missing_rights(self) -> list[str]:
        """Return the restrictions that are missing."""
        wanted = {
            "a user other than root": self.is_not_root,
            "a read-only file system": self.is_read_only,
            "no new privileges": self.keeps_privileges,
            "no capabilities": self.has_no_capabilities,
        }
        return [what for what, has in wanted.items() if not has]

    def plain_secrets(self) -> list[str]:
        """Return the variables that have a secret itself as their value, instead of a reference."""
        return [
            name
            for name, value in self.variables.items()
            if name.upper().endswith(_BEARER_OF_SECRETS) and not name.endswith(_REFERENCES) and not _is_reference(value)
        ]


def _is_reference(value: str) -> bool:
    """Return whether Compose takes the value from the environment."""
    return not value or value.startswith("$")


def is_pinned(image: str) -> bool:
    """Return whether an image has a digest or the tag of an exact version."""
    if "@sha256:" in image:
        return True
    tag = image.rpartition("/")[2].partition(":")[2]
    return any(letter.isdigit() for letter in tag) and "." in tag


def texts(value: Any) -> dict[str, str]:  # noqa: ANN401 - YAML
    """Return variables that are given as a mapping or as a list of assignments."""
    if isinstance(value, dict):
        return {str(name): "" if text is None else str(text) for name, text in value.items()}
    if isinstance(value, list):
        pairs = (str(item).partition("=") for item in value)
        return {name: text for name, _, text in pairs}
    return {}
