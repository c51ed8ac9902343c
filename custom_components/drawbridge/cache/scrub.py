"""What is left of a state for a key without ``images``: the one place where picture links are taken out."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import State
from homeassistant.helpers.json import json_bytes

PICTURE_LINKS: Final = frozenset({"access_token", "entity_picture", "entity_picture_local"})
"""Attributes that open a picture to whoever holds them, key or not."""

_MOST: Final = 4096


class StateJson:
    """States as JSON, with picture links or without.

    What had to be taken out is kept for each state object, so a state costs its scrubbing once. Bounded: it
    begins anew when there are more entities with pictures than anybody has.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._scrubbed: dict[str, tuple[State, bytes]] = {}

    def encode(self, state: State, *, images: bool) -> bytes:
        """Return a state as Home Assistant itself writes it, less the picture links without ``images``."""
        if images or PICTURE_LINKS.isdisjoint(state.attributes):
            return state.as_dict_json
        found = self._scrubbed.get(state.entity_id)
        if found is not None and found[0] is state:
            return found[1]
        if len(self._scrubbed) >= _MOST:
            self._scrubbed.clear()
        encoded = json_bytes(state_dict(state, images=False))
        self._scrubbed[state.entity_id] = (state, encoded)
        return encoded


def state_dict(state: State, *, images: bool) -> dict[str, Any]:
    """Return a state as a mapping of JSON values, less the picture links without ``images``."""
    content: dict[str, Any] = dict(state.as_dict())
    if not images:
        content["attributes"] = without_pictures(content["attributes"])
    return content


def without_pictures(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes without the picture links."""
    return {name: value for name, value in attributes.items() if name not in PICTURE_LINKS}
