"""The keys as Home Assistant's config entry stores them: one subentry for each key."""

from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant

from ..const import SUBENTRY_TYPE_API_KEY
from .document import Content, Document
from .reconcile import EntryState

_GENERATION: Final = "generation"
_UNCONFIRMED: Final = "unconfirmed"


class KeySubentries:
    """The subentries of the keys, and the content that each had when it was last read or written."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Use the subentries of a config entry."""
        self._entries = hass.config_entries
        self._entry = entry
        self._known: dict[str, Content] = {}

    def state(self) -> EntryState:
        """Read the config entry."""
        self._known = self._contents()
        pending = self._entry.data.get(_UNCONFIRMED)
        unconfirmed = pending if isinstance(pending, list) else ()
        return EntryState(self._entry.entry_id, self._entry.data.get(_GENERATION), dict(self._known), unconfirmed)

    def observe(self) -> list[tuple[str, Content | None, Content | None]]:
        """Read the config entry. Return each key with its content before and now; ``None`` without a subentry."""
        before, self._known = self._known, self._contents()
        return [(key_id, before.get(key_id), self._known.get(key_id)) for key_id in {*before, *self._known}]

    def put(self, key_id: str, content: Content | None) -> None:
        """Add, update or remove the subentry of a key."""
        subentry = self._entry.subentries.get(key_id)
        if content is None:
            self._known.pop(key_id, None)
            if subentry is not None:
                self._entries.async_remove_subentry(self._entry, key_id)
            return
        # This must be done before Home Assistant calls the update listener, which then finds no unknown change.
        self._known[key_id] = content
        if subentry is not None:
            self._entries.async_update_subentry(self._entry, subentry, title=content.title, data=dict(content.data))
            return
        subentry = ConfigSubentry(
            data=MappingProxyType(dict(content.data)),
            subentry_id=key_id,
            subentry_type=SUBENTRY_TYPE_API_KEY,
            title=content.title,
            unique_id=None,
        )
        self._entries.async_add_subentry(self._entry, subentry)

    def acknowledge(self, document: Document) -> None:
        """Store the generation and the pending review of a document that the subentries contain completely."""
        data = {**self._entry.data, _GENERATION: document.generation, _UNCONFIRMED: [*document.unconfirmed]}
        # Home Assistant ignores an update that changes nothing.
        self._entries.async_update_entry(self._entry, data=data)

    def _contents(self) -> dict[str, Content]:
        subentries = self._entry.get_subentries_of_type(SUBENTRY_TYPE_API_KEY)
        return {item.subentry_id: Content(item.title, dict(item.data)) for item in subentries}
