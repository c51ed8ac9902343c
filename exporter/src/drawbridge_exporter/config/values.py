"""Parsers of single settings. Each ValueError says how to fix the value."""

import math
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn, override

from yarl import URL

BRIDGE_PATH: Final = "/api/drawbridge"
KEY_PATTERN: Final = re.compile(r"dbk_[0-9A-Za-z]{49}")

_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off"})
_MAX_PORT: Final = 65535
_MAX_KEY_FILE_BYTES: Final = 4096
_ROUTE_PREFIX: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+")


def _refuse(problem: str) -> NoReturn:
    raise ValueError(problem)


def parse_bridge_url(text: str) -> URL:
    """Return the base URL of the bridge, for its own URL or Home Assistant's.

    Both ``http://host:8123`` and ``http://host:8123/api/drawbridge`` return
    the latter.
    """
    example = "Set it to Home Assistant's URL, such as http://homeassistant.local:8123."
    try:
        url = URL(text)
    except ValueError:
        _refuse(f"not a URL. {example}")
    if url.scheme not in {"http", "https"} or not url.host:
        _refuse(f"not an http:// or https:// URL. {example}")
    if url.user is not None or url.password is not None:
        _refuse("contains a user name or password. Remove them, and set BRIDGE_API_KEY_FILE for the key.")
    if url.query_string or url.fragment:
        _refuse(f"contains a query or a fragment. {example}")
    path = url.path.rstrip("/")
    if path.endswith(BRIDGE_PATH):
        return url.with_path(path)
    if path.endswith("/api"):
        _refuse(f"ends in /api. {example}")
    return url.with_path(path + BRIDGE_PATH)


def parse_key(text: str) -> str:
    """Return an API key. The error does not contain it."""
    if KEY_PATTERN.fullmatch(text):
        return text
    if not text:
        _refuse("is empty. Create an API key with the capability 'metrics', and save it there.")
    if text.startswith("eyJ"):
        _refuse(
            "is a Home Assistant token, which Drawbridge does not accept. Create an API key with the capability"
            " 'metrics' in Settings > Devices & services > Drawbridge."
        )
    _refuse(
        "is not a Drawbridge API key, which is dbk_ and 49 letters and digits. It may be incomplete. Copy it again,"
        " or create a new key with the capability 'metrics'."
    )


@dataclass(frozen=True, slots=True)
class KeySource:
    """The source of an API key: a file, which is read each time, or a literal."""

    path: Path | None = None
    literal: str = field(default="", repr=False)

    def read(self) -> str:
        """Return the key.

        Raises:
            ValueError: The file cannot be read, or does not contain a key.

        """
        if self.path is None:
            return self.literal
        try:
            with self.path.open("rb") as file:
                text = file.read(_MAX_KEY_FILE_BYTES).decode("utf-8-sig").strip()
        except OSError as error:
            _refuse(f"cannot read {self.path}: {error.strerror}. Check the path and its permissions.")
        except UnicodeDecodeError:
            _refuse(f"{self.path} is not a text file. It must contain only the API key.")
        try:
            return parse_key(text)
        except ValueError as error:
            _refuse(f"the content of {self.path} {error}")


def parse_key_file(text: str) -> KeySource:
    """Return the source for a file, which must exist and contain a key."""
    source = KeySource(path=Path(text))
    source.read()
    return source


def parse_key_literal(text: str) -> KeySource:
    """Return the source for a literal key."""
    return KeySource(literal=parse_key(text))


def parse_switch(text: str) -> bool:
    """Return a boolean for true, false and their synonyms."""
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    _refuse(f"{text!r:.40} is not a boolean. Use true or false.")


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from ``low`` to ``high``."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            _refuse(f"{text!r:.40} is not a whole number. Use one from {low} to {high}.")
        if not low <= value <= high:
            _refuse(f"{value} is out of range. Use a whole number from {low} to {high}.")
        return value

    return parse


def seconds(low: float, high: float) -> Callable[[str], float]:
    """Return a parser of seconds from ``low`` to ``high``, with an optional unit ``s``."""

    def parse(text: str) -> float:
        try:
            value = float(text.removesuffix("s"))
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            _refuse(f"{text!r:.40} is not a number of seconds from {low:g} to {high:g}. Use a number such as 10.")
        return value

    return parse


parse_timeout: Final = seconds(0.1, 300)


def parse_ca_file(text: str) -> Path:
    """Return the path of a CA file, which must be readable and contain a certificate."""
    path = Path(text)
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        _refuse(f"{path} contains no certificate. Use a file of CA certificates in PEM.")
    except OSError as error:
        _refuse(f"cannot read {path}: {error.strerror}. Check the path and its permissions.")
    return path


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """The files of a client certificate, in PEM. Without a key file, the certificate's file contains the key too."""

    cert_file: Path
    key_file: Path | None = None

    def load_into(self, context: ssl.SSLContext) -> None:
        """Have a TLS context present the certificate.

        Raises:
            OSError: The files cannot be read or used.

        """
        # An encrypted key would make OpenSSL ask for its password at the terminal.
        context.load_cert_chain(self.cert_file, self.key_file, password="")

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files."""
        return (self.cert_file,) if self.key_file is None else (self.cert_file, self.key_file)


def parse_client_certificate(cert_file: Path, key_file: Path | None) -> ClientCertificate:
    """Return a client certificate, whose files must be readable and belong together."""
    certificate = ClientCertificate(cert_file, key_file)
    try:
        certificate.load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    except ssl.SSLError:
        _refuse(
            f"{' and '.join(map(str, certificate.paths))} are not a certificate and its private key. Use PEM files that"
            " belong together, and a key without a password."
        )
    except OSError as error:
        _refuse(f"cannot read {' or '.join(map(str, certificate.paths))}: {error.strerror}. Check the permissions.")
    return certificate


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a parser of one of ``choices``, case-insensitive."""
    known = {choice.lower(): choice for choice in choices}

    def parse(text: str) -> str:
        try:
            return known[text.lower()]
        except KeyError:
            _refuse(f"{text!r:.40} is unknown. Use one of {', '.join(choices)}.")

    return parse


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """The address to listen on: all interfaces if ``host`` is None."""

    host: str | None
    port: int

    @override
    def __str__(self) -> str:
        """Return the address as HOST:PORT, with ``*`` for all interfaces."""
        host = self.host or "*"
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


def parse_listen_address(text: str) -> ListenAddress:
    """Return the address for ``HOST:PORT``, ``:PORT`` or ``[IPV6]:PORT``."""
    host, colon, port_text = text.rpartition(":")
    if not colon or not (port_text.isascii() and port_text.isdigit()) or int(port_text) > _MAX_PORT:
        _refuse(f"{text!r:.60} is not HOST:PORT. Use an address such as 127.0.0.1:9123 or :9123.")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        _refuse(f"{text!r:.60} has an IPv6 address without brackets. Write it as [::1]:9123.")
    return ListenAddress(host.strip("[]") or None, int(port_text))


def parse_route_prefix(text: str) -> str:
    """Return a path prefix without a slash at its end, such as ``/drawbridge``; empty for ``/``."""
    path = text.rstrip("/")
    if path and not _ROUTE_PREFIX.fullmatch(path):
        _refuse(f"{text!r:.60} is not a path prefix. Use one such as /drawbridge.")
    return path


def parse_otlp_endpoint(text: str) -> URL:
    """Return the address of a collector of OpenTelemetry, without a slash at its end."""
    example = "Use one such as http://localhost:4318."
    try:
        url = URL(text)
    except ValueError:
        _refuse(f"{text!r:.60} is not a URL. {example}")
    if url.scheme not in {"http", "https"} or not url.host or url.query_string or url.fragment:
        _refuse(f"{text!r:.60} is not an http:// or https:// URL without a query. {example}")
    return url.with_path(url.path.rstrip("/"))


def parse_external_url(text: str) -> URL:
    """Return the URL under which a reverse proxy serves the exporter, without a slash at its end."""
    example = "Use one such as https://monitoring.example/drawbridge."
    try:
        url = URL(text)
        prefix = parse_route_prefix(url.path)
    except ValueError:
        _refuse(f"{text!r:.60} is not a URL. {example}")
    if url.scheme not in {"http", "https"} or not url.host or url.query_string or url.fragment:
        _refuse(f"{text!r:.60} is not an http:// or https:// URL without a query. {example}")
    return url.with_path(prefix)
