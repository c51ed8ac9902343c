"""Reconciles the stored document with Home Assistant's config entry at startup.

Home Assistant saves config entries with a delay, so a crash can lose acknowledged changes. Drawbridge therefore keeps
its own document, which is written before a change is acknowledged. Each change increments the *generation* of the
document; the config entry stores the generation that it contains. If a key changed in a later generation than the
config entry's, the document is newer. For all other keys, the config entry is newer or equal, for example because a key
was removed while Drawbridge was not loaded.

The functions of this module are pure: the clock is passed in, and they do no I/O.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from .document import Content, Document, Review, ReviewReason


@dataclass(frozen=True, slots=True)
class EntryState:
    """The state of the config entry in Home Assistant.

    ``generation`` is ``None`` if the config entry was never used with a document. ``unconfirmed`` are the keys that a
    pending review disabled. They are also in the document, but the document can be lost again before the review.
    """

    entry_id: str
    generation: int | None
    keys: Mapping[str, Content]
    unconfirmed: Collection[str] = ()


def reconcile(document: Document | None, state: EntryState, now: float, *, damaged: bool = False) -> Document:
    """Return the reconciled document, from the stored document and the config entry at startup.

    Args:
        document: The stored document, or ``None`` if there is no readable one.
        state: The config entry that Home Assistant loaded.
        now: Unix time in seconds.
        damaged: Whether the stored document could not be read.

    """
    if document is None or document.entry_id != state.entry_id:
        # The document of this config entry is lost, so it is unknown which keys were removed or disabled.
        return _adopt_all(state, now, lost=damaged or state.generation is not None)
    merged = _merge_known(document, state, now)
    return _merge_unknown(merged, document, state, now)


def _adopt_all(state: EntryState, now: float, *, lost: bool) -> Document:
    document = Document(state.entry_id, generation=state.generation or 0)
    for key_id, content in state.keys.items():
        document = document.put(key_id, content.disabled() if lost else content, now)
    # Exclude keys that a user disabled, so that "enable these keys" does not enable them.
    pending = state.unconfirmed
    closed = tuple(key_id for key_id, content in state.keys.items() if key_id in pending or not content.is_disabled)
    return replace(document, review=Review(ReviewReason.UNCONFIRMED, closed)) if lost and closed else document


def _merge_known(document: Document, state: EntryState, now: float) -> Document:
    """Merge the keys that are in the document."""
    taken_over = state.generation or 0
    generation = max(document.generation, taken_over)
    merged = replace(document, generation=generation, unreadable=frozenset())
    for key_id, record in document.records.items():
        content = state.keys.get(key_id)
        if content is None:
            if record.born <= taken_over:
                # Home Assistant had saved the key, so it was removed while Drawbridge was not loaded.
                merged = merged.remove(key_id)
        elif content != record.content and record.generation <= taken_over:
            merged = merged.put(key_id, content, now)
    return merged


def _merge_unknown(merged: Document, document: Document, state: EntryState, now: float) -> Document:
    """Merge the keys that are only in the config entry."""
    doubtful = []
    for key_id, content in state.keys.items():
        if key_id in document.records or key_id in document.removed:
            continue
        if (twin := merged.twin_of(content, state.keys)) is not None:
            merged = merged.rename(twin, key_id)
        elif (state.generation or 0) >= document.generation and key_id not in document.unreadable:
            merged = merged.put(key_id, content, now)
        else:
            # The tombstone has expired, the key was added by hand, or its record is damaged: disable the key until
            # an administrator has decided.
            merged = merged.put(key_id, content.disabled(), now)
            if not content.is_disabled:
                doubtful.append(key_id)
    if doubtful:
        known = merged.review.keys if merged.review is not None else ()
        merged = replace(merged, review=Review(ReviewReason.UNCONFIRMED, tuple(dict.fromkeys((*known, *doubtful)))))
    return merged
