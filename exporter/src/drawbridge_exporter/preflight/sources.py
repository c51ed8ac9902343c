"""What an operator can show to preflight in addition to the bridge: files, and other servers."""

from argparse import Action, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yarl import URL


@dataclass(frozen=True, slots=True)
class Sources:
    """The files and servers that items are checked with. Without them, a person has to answer these items."""

    deployment: tuple[Path, ...] = ()
    """Files, or folders with files, for Docker Compose, Kubernetes and systemd."""
    exporters: tuple[URL, ...] = ()
    """The exporters that read the bridge, each at its root or with the path of the probe of the bridge."""
    alertmanager: URL | None = None
    """Alertmanager; None for the one that Prometheus knows."""


def add_source_options(add: Callable[..., Action]) -> None:
    """Add the options of the sources to a parser."""
    add(
        "--deployment",
        action="append",
        default=[],
        type=Path,
        metavar="PATH",
        help="file or folder with Compose, Kubernetes or systemd files that run the exporter; can be repeated",
    )
    add(
        "--exporter",
        action="append",
        default=[],
        metavar="URL",
        help="URL of an exporter, or of its /probe?target=NAME for this bridge; can be repeated",
    )
    add("--alertmanager", metavar="URL", help="URL of Alertmanager (default: the one that Prometheus knows)")


def read_sources(options: Namespace) -> Sources:
    """Return the sources. Raises ValueError with the name of an invalid flag."""
    for path in options.deployment:
        if not path.exists():
            message = f"--deployment: cannot read {path}: it does not exist."
            raise ValueError(message)
    return Sources(
        deployment=tuple(options.deployment),
        exporters=tuple(_url("--exporter", text) for text in options.exporter),
        alertmanager=_optional_url("--alertmanager", options.alertmanager),
    )


def _url(flag: str, text: str) -> URL:
    try:
        return web_url(text)
    except ValueError as error:
        message = f"{flag}: {error}"
        raise ValueError(message) from error


def _optional_url(flag: str, text: str | None) -> URL | None:
    return None if text is None else _url(flag, text)


def web_url(text: str) -> URL:
    """Return the URL of a server. Raises ValueError if it is not one."""
    url = URL(text)
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("not an http:// or https:// URL. Give one such as http://127.0.0.1:9090.")
    return url
