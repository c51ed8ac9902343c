"""Which media a key may name: one parser for calls and for responses.

Home Assistant signs every path of its own that a player is told to play, for 24 hours and in the name of a user
who sees everything. So no such path passes, however it is spelled.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from yarl import URL

MAX_MEDIA_ID_LENGTH: Final = 4096

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
    {"media-source://", *(f"media-source://{name}" for name in ("camera", "image", "tts", "radio_browser"))}
)
_SPEECH_FIELDS: Final = frozenset({"message", "language", "cache"})
_HOST: Final = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_LOCAL_NAMES: Final = (".local", ".localhost", ".localdomain", ".internal", ".lan", ".home", ".arpa")


@dataclass(frozen=True, slots=True)
class MediaRules:
    """What a key may play: entities in its scope, and URLs of the hosts on its list."""

    in_scope: Callable[[str], bool]
    hosts: frozenset[str] = frozenset()
    is_own_url: Callable[[str], bool] = lambda _: False

    def may_play(self, media_id: object, media_type: object = "") -> bool:
        """Tell whether a player may be given a media id of a media type."""
        return _is_plain(media_id) and is_allowed_type(media_type) and self._may_play(str(media_id))

    def may_browse(self, media_id: object, media_type: object = "") -> bool:
        """Tell whether a media id may be listed: as for playing, and the folders whose children are filtered."""
        return media_id in _FOLDERS or media_id in ("", None) or self.may_play(media_id, media_type)

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
    """Tell whether a media type plays media, and starts no app and shows no page."""
    if media_type is None:
        return True
    return isinstance(media_type, str) and (media_type in _TYPES or _MIME_TYPE.fullmatch(media_type) is not None)


def normalize_host(text: str) -> str | None:
    """Return a host on the public internet in its normal spelling; ``None`` for any other."""
    host = text.strip().lower()
    try:
        return host if ip_address(host).is_global else None
    except ValueError:
        pass
    if _HOST.fullmatch(host) is None or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None:
        return None
    return None if host.endswith(_LOCAL_NAMES) else host


def parse_media_host(text: str) -> str:
    """Return a host that a key may list.

    Raises:
        ValueError: It is no host on the public internet.

    """
    host = normalize_host(text)
    if host is None:
        raise ValueError(text)
    return host


def _is_plain(media_id: object) -> bool:
    return (
        isinstance(media_id, str)
        and 0 < len(media_id) <= MAX_MEDIA_ID_LENGTH
        and media_id.isprintable()
        and media_id == media_id.strip()
        and "\\" not in media_id
        and not media_id.startswith(("/", "{", "["))
    )
