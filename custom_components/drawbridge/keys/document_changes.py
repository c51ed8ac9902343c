"""The changes of the stored document of the keys."""

import time
from collections.abc import Callable

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from .document import Change, Content, Document
from .model import ApiKey


class KeyGoneError(HomeAssistantError):
    """The key no longer exists."""

    def __init__(self, key_id: str) -> None:
        """Create the error for a key."""
        super().__init__(
            translation_domain=DOMAIN, translation_key="unknown_key", translation_placeholders={"key": key_id}
        )


def put(key: ApiKey) -> Change:
    """Add or replace a key."""
    return lambda document: document.put(key.id, Content(key.name, key.as_dict()), time.time())


def alter(key_id: str, change: Callable[[ApiKey], ApiKey], document: Document) -> Document:
    """Change a key, based on its stored values. Raises ``KeyGoneError`` if it does not exist."""
    record = document.records.get(key_id)
    if record is None:
        raise KeyGoneError(key_id)
    key = change(ApiKey.from_mapping(key_id, record.title, record.data))
    return document.put(key_id, Content(key.name, key.as_dict()), time.time())


def remove(key_id: str, document: Document) -> Document:
    """Remove a key, if it exists."""
    return document.remove(key_id) if key_id in document.records else document


def restore(key_id: str, content: Content, document: Document) -> Document:
    """Put a removed key back. A key that exists stays as it is."""
    return document if key_id in document.records else document.put(key_id, content, time.time())


def adopt(key_id: str, after: Content, before: Content | None, now: float, document: Document) -> Document:
    """Apply to a key only what Home Assistant changed: its content was ``before`` and is ``after``."""
    record = document.records.get(key_id)
    if record is None:
        present = [item for item in document.records if item in document.removed]
        twin = document.twin_of(after, present)
        return document.put(key_id, after, now) if twin is None else document.rename(twin, key_id)
    if before is None:
        return document.put(key_id, after, now)
    title = after.title if after.title != before.title else record.title
    data = after.data if after.data != before.data else record.data
    return document.put(key_id, Content(title, data), now)
