"""What an operator can give to preflight in addition to the bridge: files, and other servers."""

from argparse import Action, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from yarl import URL

from ..config.values import parse_bridge_url
from .flags import existing_path, read_flag, read_optional
from .given import Place, Previous, parse_place, read_env_file, read_previous

_LOKI_SECONDS: Final = 90.0


@dataclass(frozen=True, slots=True)
class Sources:
    """The files and servers that items are checked with. Without them, a person has to answer these items."""

    deployment: tuple[Path, ...] = ()
    """Files, or folders with files, for Docker Compose, Kubernetes and systemd."""
    exporters: tuple[URL, ...] = ()
    """The exporters that read the bridge, each at its root or with the path of the probe of the bridge."""
    alertmanager: URL | None = None
    """Alertmanager; None for the one that Prometheus knows."""
    loki: URL | None = None
    loki_seconds: float = _LOKI_SECONDS
    """How long an audit record may take to arrive in Loki."""
    restored: URL | None = None
    """A bridge that was restored from a backup."""
    files: Path | None = None
    """The folder with the files of the exporter."""
    files_backup: Path | None = None
    """The archive of that folder."""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The variables of the production checklist that the operator wants."""
    closed: tuple[Place, ...] = ()
    """Host and port of what this network must not reach."""
    previous: Previous | None = None
    """An earlier run."""
    images: tuple[str, ...] = ()
    """The images to scan."""
    soak_minutes: float = 0.0
    """How long the load test sends a few requests per second; 0 for no such test."""
    rto_hours: float | None = None
    rpo_hours: float | None = None


_PATHS: Final = (
    ("--deployment", "file or folder with Compose, Kubernetes or systemd files that run the exporter; can be repeated"),
    ("--files", "folder with the exporter's targets file, web config file and certificates"),
    ("--files-backup", "tar archive of that folder"),
)
_MANY: Final = (
    ("--exporter", "URL", "URL of an exporter, or of its /probe?target=NAME for this bridge; can be repeated"),
    ("--closed", "HOST:PORT", "port that must be closed for this network; can be repeated"),
    ("--image", "NAME", "container image to scan with trivy or grype; can be repeated"),
)
_ONE: Final = (
    ("--alertmanager", "URL", "URL of Alertmanager (default: the one that Prometheus knows)"),
    ("--loki", "URL", "URL of Loki, to check that logs arrive there"),
    ("--restored-url", "URL", "URL of a Home Assistant that was restored from a backup"),
    ("--env-file", "FILE", "file with the variables of the production checklist, to compare with the bridge"),
    ("--previous", "FILE", "JSON report of an earlier run, to compare with"),
    ("--soak", "MINUTES", "with --load: send a few requests per second for so long, to find leaks"),
    ("--rto", "HOURS", "how long the bridge may be down"),
    ("--rpo", "HOURS", "how old the newest backup may be"),
)


def add_source_options(add: Callable[..., Action]) -> None:
    """Add the options of the sources to a parser."""
    for flag, told in _PATHS:
        if flag == "--deployment":
            add(flag, action="append", default=[], metavar="PATH", help=told)
        else:
            add(flag, metavar="PATH", help=told)
    for flag, kind, told in _MANY:
        add(flag, action="append", default=[], metavar=kind, help=told)
    for flag, kind, told in _ONE:
        add(flag, metavar=kind, help=told)


def read_sources(options: Namespace) -> Sources:
    """Return the sources. Raises ValueError with the name of an invalid flag."""
    return Sources(
        deployment=tuple(read_flag("--deployment", existing_path, path) for path in options.deployment),
        exporters=tuple(read_flag("--exporter", web_url, text) for text in options.exporter),
        alertmanager=read_optional("--alertmanager", web_url, options.alertmanager),
        loki=read_optional("--loki", web_url, options.loki),
        restored=read_optional("--restored-url", parse_bridge_url, options.restored_url),
        files=read_optional("--files", existing_path, options.files),
        files_backup=read_optional("--files-backup", existing_path, options.files_backup),
        variables=read_optional("--env-file", read_env_file, options.env_file) or {},
        closed=tuple(read_flag("--closed", parse_place, text) for text in options.closed),
        previous=read_optional("--previous", read_previous, options.previous),
        images=tuple(options.image),
        soak_minutes=read_optional("--soak", _number, options.soak) or 0.0,
        rto_hours=read_optional("--rto", _number, options.rto),
        rpo_hours=read_optional("--rpo", _number, options.rpo),
    )


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if number <= 0:
        message = f"{text!r:.40} is not a number greater than 0."
        raise ValueError(message)
    return number


def web_url(text: str) -> URL:
    """Return the URL of a server. Raises ValueError if it is not one."""
    url = URL(text)
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("not an http:// or https:// URL. Give one such as http://127.0.0.1:9090.")
    return url
