"""Reading of single settings from text; each ValueError says how to mend it."""

import math
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from yarl import URL

BRIDGE_PATH: Final = "/api/drawbridge"
KEY_PATTERN: Final = re.compile(r"dbk_[0-9A-Za-z]{49}")

_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off"})
_MAX_PORT: Final = 65535
_MAX_KEY_FILE_BYTES: Final = 4096


def _refuse(problem: str) -> NoReturn:
    raise ValueError(problem)


def parse_bridge_url(text: str) -> URL:
    """Return the base of the bridge for Home Assistant's or the bridge's URL.

    ``http://host:8123`` and ``http://host:8123/api/drawbridge`` both give the
    latter.
    """
    example = "Give Home Assistant's own address, such as http://homeassistant.local:8123."
    try:
        url = URL(text)
    except ValueError:
        _refuse(f"not a URL. {example}")
    if url.scheme not in {"http", "https"} or not url.host:
        _refuse(f"not an http:// or https:// URL. {example}")
    if url.user is not None or url.password is not None:
        _refuse("has a user name or password in it. Leave them out; the key goes into BRIDGE_API_KEY_FILE.")
    if url.query_string or url.fragment:
        _refuse(f"has a query or a fragment. {example}")
    path = url.path.rstrip("/")
    if path.endswith(BRIDGE_PATH):
        return url.with_path(path)
    if path.endswith("/api"):
        _refuse(f"ends in /api. {example}")
    return url.with_path(path + BRIDGE_PATH)


def parse_key(text: str) -> str:
    """Return an API key; the error never repeats it."""
    if KEY_PATTERN.fullmatch(text):
        return text
    if text.startswith("eyJ"):
        _refuse(
            "is a Home Assistant token, which Drawbridge does not take. Make an API key with the capability"
            " 'metrics' in Settings > Devices & services > Drawbridge."
        )
    _refuse(
        "is not a Drawbridge API key: dbk_ and 49 letters and digits. It may have been cut when it was copied;"
        " paste it again, or make a new one with the capability 'metrics'."
    )


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the API key is: in a file, read anew each time, or here."""

    path: Path | None = None
    literal: str = field(default="", repr=False)

    def read(self) -> str:
        """Return the key.

        Raises:
            ValueError: The file cannot be read or holds no key.

        """
        if self.path is None:
            return self.literal
        try:
            with self.path.open("rb") as file:
                text = file.read(_MAX_KEY_FILE_BYTES).decode().strip()
        except OSError as error:
            _refuse(f"cannot read {self.path}: {error.strerror}. Check the path and who may read it.")
        except UnicodeDecodeError:
            _refuse(f"{self.path} is not a text file. It should hold the API key and nothing else.")
        try:
            return parse_key(text)
        except ValueError as error:
            _refuse(f"what {self.path} holds {error}")


def parse_key_file(text: str) -> KeySource:
    """Return the source for a file, which must hold a key now."""
    source = KeySource(path=Path(text))
    source.read()
    return source


def parse_key_literal(text: str) -> KeySource:
    """Return the source for a key given as it is."""
    return KeySource(literal=parse_key(text))


def parse_switch(text: str) -> bool:
    """Return true or false."""
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    _refuse(f"{text!r:.40} is neither true nor false. Give true or false.")


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``low`` to ``high``."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            _refuse(f"{text!r:.40} is not a whole number. Give one from {low} to {high}.")
        if not low <= value <= high:
            _refuse(f"{value} is out of range. Give a whole number from {low} to {high}.")
        return value

    return parse


def seconds(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of seconds from ``low`` to ``high``; a final s may stand."""

    def parse(text: str) -> float:
        try:
            value = float(text.removesuffix("s"))
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            _refuse(f"{text!r:.40} is not a number of seconds from {low:g} to {high:g}. Give one, such as 10.")
        return value

    return parse


parse_timeout: Final = seconds(0.1, 300)


def parse_ca_file(text: str) -> Path:
    """Return the path of a file of certificates, which must be readable now."""
    path = Path(text)
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        _refuse(f"{path} holds no certificate. Give a file of authorities in PEM.")
    except OSError as error:
        _refuse(f"cannot read {path}: {error.strerror}. Check the path and who may read it.")
    return path


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader of one of ``choices``, whatever the case."""
    known = {choice.lower(): choice for choice in choices}

    def parse(text: str) -> str:
        try:
            return known[text.lower()]
        except KeyError:
            _refuse(f"{text!r:.40} is not known. Give one of {', '.join(choices)}.")

    return parse


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Where to listen: every interface where ``host`` is None."""

    host: str | None
    port: int


def parse_listen_address(text: str) -> ListenAddress:
    """Return the address for ``HOST:PORT``, ``:PORT`` or ``[IPV6]:PORT``."""
    host, colon, port_text = text.rpartition(":")
    if not colon or not (port_text.isascii() and port_text.isdigit()) or int(port_text) > _MAX_PORT:
        _refuse(f"{text!r:.60} is not HOST:PORT. Give an address such as 127.0.0.1:9123 or :9123.")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        _refuse(f"{text!r:.60} has an IPv6 address without brackets. Write it as [::1]:9123.")
    return ListenAddress(host.strip("[]") or None, int(port_text))
