"""Finds and reads the deployment files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from . import compose, kubernetes, systemd
from .workload import Workload

_MAX_FILES: Final = 500
_MAX_BYTES: Final = 1024 * 1024
_YAML: Final = frozenset({".yaml", ".yml"})
_UPDATE_BOTS: Final = ("renovate.json", "renovate.json5", ".renovaterc", "dependabot.yml", "dependabot.yaml")


@dataclass(slots=True)
class Deployment:
    """What the deployment files say."""

    files: int = 0
    workloads: list[Workload] = field(default_factory=list)
    objects: list[kubernetes.Object] = field(default_factory=list)
    """The objects of Kubernetes."""
    unreadable: list[str] = field(default_factory=list)
    update_bots: list[str] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[kubernetes.Object]:
        """Return the objects of the given kinds."""
        return [item for item in self.objects if item["kind"] in kinds]


def read_deployment(paths: tuple[Path, ...]) -> Deployment:
    """Read files, and the files in folders. This blocks."""
    found = Deployment()
    for root in paths:
        for path in _files(root):
            _read(path, path.name if root == path else str(path.relative_to(root)), found)
    return found


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    every = (path for path in sorted(root.rglob("*")) if path.is_file() and ".git" not in path.parts)
    for count, path in enumerate(every):
        if count >= _MAX_FILES:
            message = f"{root} has more than {_MAX_FILES} files. Name the folder that has only the deployment."
            raise ValueError(message)
        yield path


def _read(path: Path, name: str, found: Deployment) -> None:
    if path.name in _UPDATE_BOTS:
        found.update_bots.append(name)
    if path.suffix not in {*_YAML, ".service"} or path.stat().st_size > _MAX_BYTES:
        return
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".service":
            found.workloads += filter(None, [systemd.unit(text, name)])
            found.files += 1
        else:
            _read_yaml(text, name, found)
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError):
        found.unreadable.append(name)


def _read_yaml(text: str, name: str, found: Deployment) -> None:
    documents = list(_documents(text))
    for document in documents:
        if kubernetes.is_object(document):
            found.objects.append(document)
            found.workloads += kubernetes.containers(document, name)
        elif isinstance(document, dict) and isinstance(document.get("services"), dict):
            found.workloads += compose.services(document, name)
        else:
            continue
        found.files += 1


def _documents(text: str) -> Iterator[Any]:
    """Yield the documents of a YAML file, and the items of a Kubernetes list."""
    for document in yaml.safe_load_all(text):
        if isinstance(document, dict) and document.get("kind") == "List":
            yield from document["items"]
        else:
            yield document
