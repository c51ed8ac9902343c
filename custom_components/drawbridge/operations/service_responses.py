"""Filters what a service call returns: its response, and the texts of errors."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from ..scope.media import MediaRules
from ..scope.redaction import without_bearer_text
from ..scope.references import MAX_DEPTH, find_references
from ..scope.reviewed_services import MEDIA_SERVICES, REVIEWED

FAILED: Final = "The service could not do what was asked."
MEDIA_FAILED: Final = "The media could not be found, or the player could not do what was asked."

_PATH: Final = re.compile(r"(?:^|[\s'\"(])/\w|://")
_SHOWN: Final = (
    "title",
    "media_class",
    "media_content_type",
    "media_content_id",
    "children_media_class",
    "can_play",
    "can_expand",
    "can_search",
)


def filter_response(service: str, response: object, media: MediaRules) -> object:
    """Return the part of a response that a key may see.

    Reviewed services return a result for each entity: results outside the scope are removed, and media is filtered item
    by item. Other services are only allowed by their exact name, and their response is returned as a whole. The caller
    redacts bearer text.
    """
    if service not in REVIEWED:
        return _plain(response)
    answers = response if isinstance(response, Mapping) else {}
    seen = {entity_id: answer for entity_id, answer in answers.items() if media.in_scope(entity_id)}
    if service in MEDIA_SERVICES:
        return {entity_id: _media(_plain(answer), media) for entity_id, answer in seen.items()}
    return _plain(seen)


def error_text(service: str, text: str, in_scope: Callable[[str], bool], *, is_opened: bool) -> str:
    """Return the part of an error message that a key may see, without secrets, paths, and names of hidden entities."""
    if service in MEDIA_SERVICES:
        return MEDIA_FAILED
    if not _names_nothing_hidden(text, in_scope) or (_PATH.search(text) is not None and not is_opened):
        return FAILED
    return without_bearer_text(text)


def invalid_text(text: str, in_scope: Callable[[str], bool]) -> str:
    """Return the part of a message about invalid data that a key may see, without secrets and names of hidden entities.

    It is about the client's own data, so paths stay. A script in scope may pass on other data.
    """
    return without_bearer_text(text) if _names_nothing_hidden(text, in_scope) else FAILED


def _names_nothing_hidden(text: str, in_scope: Callable[[str], bool]) -> bool:
    found = find_references(text)
    return not found.registry_ids and all(map(in_scope, found.entities))


def _media(answer: object, media: MediaRules, depth: int = 0) -> object:
    if not isinstance(answer, Mapping) or depth > MAX_DEPTH:
        return None
    if "media_content_id" not in answer:
        return {"version": answer.get("version", 1), "result": _children(answer.get("result"), media, depth)}
    shown = {name: answer[name] for name in _SHOWN if name in answer}
    children = _children(answer.get("children"), media, depth)
    return {**shown, "thumbnail": None, "not_shown": 0, "children": children}


def _children(items: object, media: MediaRules, depth: int) -> list[object]:
    listed = [_plain(item) for item in items] if isinstance(items, list | tuple) else []
    return [
        _media(item, media, depth + 1)
        for item in listed
        if isinstance(item, Mapping) and media.may_browse(item.get("media_content_id"), item.get("media_content_type"))
    ]


def _plain(item: object) -> object:
    as_dict = getattr(item, "as_dict", None)
    if callable(as_dict):
        return as_dict()
    if isinstance(item, Mapping):
        return {name: _plain(value) for name, value in item.items()}
    return [_plain(value) for value in item] if isinstance(item, list | tuple) else item
