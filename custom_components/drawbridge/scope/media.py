"""Decides which media a key may use, in calls and in responses.

Home Assistant signs its own paths for media players, for 24 hours and with the access of a user who sees everything.
Therefore these paths are refused in any spelling.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from yarl import URL

MAX_MEDIA_ID_CHARACTERS: Final = 4096

_TYPES: Final = frozenset(
    {
        "", "album", "artist", "channel", "composer", "contributing_artist", "directory", "episode", "genre",
        "image", "movie", "music", "playlist", "podcast", "season", "track", "tvshow", "video",
    }
)  # fmt: skip
_MIME_TYPE: Final = re.compile(r"(?:audio|video|image)/[a-z0-9.+*-]{1,64}")
_LIBRARY_ID: Final = re.compile(r"(?!\.)[\w ,'()&+-]{1,255}")
_ENTITY_SOURCE: Final = re.compile(r"media-source://(camera|image)/((?:camera|image)\.[a-z0-9_]+)")
_SPEECH_SOURCE: Final = re.compile(r"media-source://tts/(tts\.[a-z0-9_]+)\?(.*)", re.DOTALL)
_RADIO_SOURCE: Final = re.compile(r"media-source://radio_browser/[0-9a-f-]{1,64}")
_FOLDERS: Final = frozenset(
    {"", "media-source://", *(f"media-source://{name}" for name in ("camera", "image", "tts", "radio_browser"))}
)
_SPEECH_FIELDS: Final = frozenset({"message", "language", "cache"})
_HOST: Final = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_LOCAL_NAMES: Final = (".local", ".localhost", ".localdomain", ".internal", ".lan", ".home", ".arpa")


@dataclass(frozen=True, slots=True)
class MediaRules:
    """The media that a key may play: entities in its scope, and URLs of its media hosts."""

    in_scope: Callable[[str], bool]
    hosts: frozenset[str] = frozenset()
    is_own_url: Callable[[str], bool] = lambda _: False

    def may_play(self, media_id: object, media_type: object = "") -> bool:
        """Tell whether the key may play a media ID of a media type."""
        return _is_plain(media_id) and is_allowed_type(media_type) and self._may_play(str(media_id))

    def may_browse(self, media_id: object, media_type: object = "") -> bool:
        """Tell whether the key may browse a media id: one that it may play, or a folder whose children are filtered."""
        if media_id is None or (isinstance(media_id, str) and media_id in _FOLDERS):
            return True
        return self.may_play(media_id, media_type)

    def _may_play(self, media_id: str) -> bool:
        if media_id.startswith("media-source:"):
            return self._is_source_in_scope(media_id)
        if "/" in media_id or ":" in media_id:
            return self._is_listed_url(media_id)
        return _LIBRARY_ID.fullmatch(media_id) is not None

    def _is_source_in_scope(self, media_id: str) -> bool:
        if (found := _ENTITY_SOURCE.fullmatch(media_id)) is not None:
            source, entity_id = found.groups()
            return entity_id.startswith(f"{source}.") and self.in_scope(entity_id)
        if (found := _SPEECH_SOURCE.fullmatch(media_id)) is not None:
            engine, query = found.groups()
            return "#" not in query and set(URL.build(query=query).query) <= _SPEECH_FIELDS and self.in_scope(engine)
        return _RADIO_SOURCE.fullmatch(media_id) is not None

    def _is_listed_url(self, media_id: str) -> bool:
        try:
            url = URL(media_id)
        except ValueError:
            return False
        if url.scheme not in {"http", "https"} or url.user is not None or url.password is not None:
            return False
        host = normalize_host(url.host or "")
        return host in self.hosts and not self.is_own_url(str(url))


def is_allowed_type(media_type: object) -> bool:
    """Tell whether a media type plays media, as opposed to starting an app or showing a web page."""
    if media_type is None:
        return True
    return isinstance(media_type, str) and (media_type in _TYPES or _MIME_TYPE.fullmatch(media_type) is not None)


def normalize_host(text: str) -> str | None:
    """Return a public host name in normalized form; ``None`` for any other host."""
    host = text.strip().lower()
    try:
        return host if ip_address(host).is_global else None
    except ValueError:
        pass
    if _HOST.fullmatch(host) is None or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None:
        return None
    return None if host.endswith(_LOCAL_NAMES) else host


def parse_media_host(text: str) -> str:
    """Parse a media host.

    Raises:
        ValueError: The text is not a public host name.

    """
    host = normalize_host(text)
    if host is None:
        raise ValueError(text)
    return host


def _is_plain(media_id: object) -> bool:
    return (
        isinstance(media_id, str)
        and 0 < len(media_id) <= MAX_MEDIA_ID_CHARACTERS
        and media_id.isprintable()
        and media_id == media_id.strip()
        and "\\" not in media_id
        and not media_id.startswith(("/", "{", "["))
    )
