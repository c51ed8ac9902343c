"""Redacts data before it is sent: attributes that need a capability, and bearer text.

Bearer text is text that gives access to anyone who has it: Drawbridge keys, signed paths, access tokens in links, and
the unguessable paths of streams, webhooks and uploads. It is always redacted, except for an entity's own picture links
with the capability ``images``.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import unescape
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from ..masking import KEY_PATTERN

REDACTED: Final = "**REDACTED**"

_PICTURES: Final = frozenset({"access_token", "entity_picture", "entity_picture_local"})
_CONFIGURATION: Final = frozenset(
    {
        "allowlist_external_dirs",
        "allowlist_external_urls",
        "config_dir",
        "external_url",
        "internal_url",
        "whitelist_external_dirs",
    }
)
_PLACE_WORDS: Final = frozenset(
    {
        "altitude", "coordinate", "coordinates", "elevation", "gps", "lat", "latitude", "lng", "lon", "longitude",
        "radius",
    }
)  # fmt: skip
_WORDS: Final = re.compile(r"[a-z0-9]+")
_SECRET_NAME: Final = re.compile(r"(?:token|password|passwd|secret|api_?key|auth_?sig|credentials?)$")
_MAX_NAMES: Final = 8192
_MAX_REDACTIONS: Final = 1024
_MAX_DEPTH: Final = 32
_MAX_DECODINGS: Final = 4
_MAX_SHORT: Final = 64
"""The length of texts whose result is kept: names of attributes, states and names of entities are sent repeatedly."""
_MAX_SHORT_TEXTS: Final = 8192

_TEXT: Final = re.compile(r"[^\s\"'<>]+")
_BEARER: Final = re.compile(
    # A JSON Web Token, such as the value of authSig.
    r"eyJ[\w-]{8,}\.[\w-]*"
    # A Drawbridge key, which a client may have written into a state.
    rf"|{KEY_PATTERN}"
    # A link with a secret in its parameters.
    r"|(?:^|[?&;/#])(?:auth_?sig|(?:[\w-]*[-_])?token|api_?key|signature|sig|password|secret)="
    # A path of a component, which may contain a token, unless the path requires authorization.
    r"|(?<![\w-])api/+(?!(?:states|services|history|logbook|calendars|camera_proxy|camera_proxy_stream|image_proxy"
    r"|image_proxy_stream|media_player_proxy|events|config|brands|core|drawbridge)(?:[/?#]|$))[\w.-]+[/?#]+[^/?#]"
    # A path that leads out of one of these.
    r"|(?<![\w-])api/\S*/\.\.?(?:[/?#]|$)"
    r"|(?<![\w-])auth/+[\w.-]+/+[\w.-]|hooks\.nabu\.casa/+\w|(?<![\w-])api/+telegram_webhooks\w",
    re.IGNORECASE,
)
_ESCAPE: Final = re.compile(r"\\u00([2-7][0-9a-fA-F])")
_PICTURE_LINK: Final = re.compile(
    r"/api/(?:camera_proxy|camera_proxy_stream|image_proxy|image_proxy_stream|media_player_proxy)/([\w.]+)"
)
_SERVED_IMAGE: Final = re.compile(r"(?:https?://[^/?#]+)?/api/image/serve/\w+/[\w.-]+")
_SIGNATURE: Final = re.compile(r"auth_?sig|eyJ[\w-]{8,}\.", re.IGNORECASE)

_TRACE: Final = r"api/|auth/|nabu\.casa/|=|eyJ|dbk_|%[0-9a-f]{2}|\\|&"
"""Each alternative of _BEARER contains one of the first six. The others start an escape sequence."""
_TRACE_IN_TEXT: Final = re.compile(_TRACE, re.IGNORECASE)
_TRACE_IN_JSON: Final = re.compile(_TRACE.encode(), re.IGNORECASE)
_NAME_IN_JSON: Final = re.compile(rb'"([^"\\]*)":')
"""The name of a member. One with a backslash is not found, but a backslash is a trace."""
_PLAIN_BRACES: Final = 3
"""The number of braces of a state without nested objects: the state, its attributes and its context."""


@lru_cache(maxsize=_MAX_NAMES)
def _needed_for(name: str) -> str | None:
    """Return the capability that an attribute, or a member of the configuration, requires."""
    lower = name.lower()
    if lower in _PICTURES:
        return "images"
    return "location" if lower in _CONFIGURATION or not _PLACE_WORDS.isdisjoint(_WORDS.findall(lower)) else None


@lru_cache(maxsize=_MAX_NAMES)
def _is_secret(name: str) -> bool:
    """Tell whether the name of an attribute indicates a secret."""
    return _SECRET_NAME.search(name.lower()) is not None


@lru_cache(maxsize=_MAX_NAMES)
def _is_covered(name: object) -> bool:
    """Tell whether an attribute with this name may be removed or redacted."""
    if not isinstance(name, str):
        return False
    return _needed_for(name) is not None or _is_secret(name) or name.lower() == "location"


@lru_cache(maxsize=_MAX_NAMES)
def _is_plain(name: object) -> bool:
    """Tell whether an attribute with this name is kept, whatever the capabilities are."""
    return isinstance(name, str) and not _is_covered(name) and _redacted(name) == name


class Redaction(NamedTuple):
    """The redaction for a set of capabilities. Keys with equal redactions share cached responses."""

    images: bool
    location: bool

    @staticmethod
    @lru_cache(maxsize=_MAX_REDACTIONS)
    def of(capabilities: frozenset[str]) -> Redaction:
        """Return the redaction for a key with these capabilities."""
        return Redaction("images" in capabilities, "location" in capabilities)

    def hides(self, name: str, value: object = None) -> bool:
        """Tell whether an attribute, or a member of the configuration, is removed."""
        needed = _needed_for(name)
        if needed is not None:
            return not (self.images if needed == "images" else self.location)
        # A location is either a name, which stays, or coordinates.
        return not self.location and isinstance(value, list | tuple) and name.lower() == "location"

    def covers(self, name: str) -> bool:
        """Tell by its name whether an attribute may be hidden or redacted. Clients must not compare its value then."""
        lower = name.lower()
        return _is_secret(name) or self.hides(name) or (lower == "location" and not self.location)

    def may_change(self, attributes: Iterable[str], encoded: bytes, braces: int = _PLAIN_BRACES) -> bool:
        """Tell quickly whether redaction could change states. May return true if it does not.

        Args:
            attributes: The names of their attributes.
            encoded: Their JSON.
            braces: The number of objects in it if no attribute has an object.

        """
        # Unrolled, with single bytes first, because this runs for every encoded state.
        if (
            b"/" in encoded
            or b"=" in encoded
            or b"%" in encoded
            or b"\\" in encoded
            or b"&" in encoded
            or b"eyJ" in encoded
            or b"dbk_" in encoded
        ) and _TRACE_IN_JSON.search(encoded):
            return True
        return encoded.count(b"{") > braces or True in map(_is_covered, attributes)

    @staticmethod
    def may_change_json(encoded: bytes) -> bool:
        """Tell cheaply whether redaction could change a value; ``encoded`` is its JSON, without spaces after names.

        May return true for a value that redaction would not change.
        """
        if _TRACE_IN_JSON.search(encoded) is not None:
            return True
        return any(_is_covered(name.decode()) for name in set(_NAME_IN_JSON.findall(encoded)))

    def attributes(self, entity_id: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the redacted attributes of an entity."""
        return self._members(attributes, 0, entity_id)

    def value(self, value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON value
        """Return a redacted JSON value. Values that are nested too deep are removed."""
        if isinstance(value, str):
            return without_bearer_text(value)
        if depth > _MAX_DEPTH:
            return REDACTED
        if isinstance(value, Mapping):
            return self._members(value, depth)
        if isinstance(value, list | tuple | set | frozenset):
            kind = next(kind for kind in (list, tuple, set, frozenset) if isinstance(value, kind))
            return kind(self.value(item, depth + 1) for item in value)
        return value if without_bearer_text(text := str(value)) == text else REDACTED

    def _members(self, members: Mapping[Any, Any], depth: int, entity_id: str | None = None) -> dict[Any, Any]:
        found = {}
        for name, item in members.items():
            if isinstance(item, str) and _is_plain(name):
                found[name] = without_bearer_text(item)
            elif not isinstance(name, str):
                found[name] = self.value(item, depth + 1)
            elif not self.hides(name, item):
                found[without_bearer_text(name)] = self._member(name, item, depth, entity_id)
        return found

    def _member(self, name: str, item: Any, depth: int, entity_id: str | None) -> Any:  # noqa: ANN401 - any JSON value
        # Only top-level attributes are known to be the entity's own picture.
        if entity_id is not None and _needed_for(name) == "images":
            return self._picture(entity_id, item)
        return REDACTED if item and _is_secret(name) else self.value(item, depth + 1)

    def _picture(self, entity_id: str, value: Any) -> Any:  # noqa: ANN401 - attributes are of any kind
        """Return the entity's own access token or picture link. Redact all other links."""
        if not isinstance(value, str):
            return self.value(value)
        if _SIGNATURE.search(_decoded(value)):
            return REDACTED
        link = _PICTURE_LINK.search(value)
        if link is not None:
            return value if link[1] == entity_id else REDACTED
        if "/" not in value or _SERVED_IMAGE.fullmatch(value) or "/api/" not in _decoded(value):
            return value
        return without_bearer_text(value)


def without_bearer_text(text: str) -> str:
    """Return a text with every word that contains bearer text redacted."""
    return _redacted_short(text) if len(text) <= _MAX_SHORT else _redacted(text)


def _redacted(text: str) -> str:
    if _TRACE_IN_TEXT.search(text) is None:
        return text
    return _TEXT.sub(_word, text)


_redacted_short = lru_cache(maxsize=_MAX_SHORT_TEXTS)(_redacted)


def _word(match: re.Match[str]) -> str:
    return REDACTED if _is_bearer(match[0]) else match[0]


def _is_bearer(text: str) -> bool:
    """Tell whether a word is bearer text in any encoding. A word with too many encodings counts too."""
    for _ in range(_MAX_DECODINGS):
        if _BEARER.search(text):
            return True
        decoded = _decoded_once(text)
        if decoded == text:
            return False
        text = decoded
    return True


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _decoded(text: str) -> str:
    """Return a decoded text. Some media players encode links, some of them twice."""
    for _ in range(_MAX_DECODINGS):
        decoded = _decoded_once(text)
        if decoded == text:
            break
        text = decoded
    return text


def _decoded_once(text: str) -> str:
    if "\\" in text:
        # Browsers treat a backslash in a link as a slash.
        text = _ESCAPE.sub(_character, text).replace("\\", "/")
    return unquote(unescape(text) if "&" in text else text)
