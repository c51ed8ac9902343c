"""Makes what two homes say comparable: ids that are made at random get the number of their first appearance."""

import re
from collections.abc import Iterable
from typing import Final

_RANDOM: Final = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{56,64}|[0-9a-f]{32})(?![0-9A-Za-z])")
"""ULIDs (contexts, keys), UUIDs (entries of registries), and access tokens, which have no zeros in front."""


class Normal:
    """The ids of one home, by the order in which it has shown them."""

    def __init__(self, folder: str) -> None:
        """Begin with none. The folder of the configuration has another name in each home."""
        self._folder = folder
        self.hidden: set[str] = set()
        """Ids of what is out of scope. One that appears is a leak, unless the request named it."""
        self._labels: dict[str, str] = {}

    def text(self, text: str, sent: str = "") -> str:
        """Return a text with its random ids replaced; those that the request named, by their place in it."""
        named = {item: f"<sent {place}>" for place, item in enumerate(dict.fromkeys(_RANDOM.findall(sent)))}

        def label(match: re.Match[str]) -> str:
            found = match[0]
            if found in named:
                return named[found]
            return f"<LEAK {found}>" if found in self.hidden else self.label(found)

        return _RANDOM.sub(label, text).replace(self._folder, "<folder>")

    def label(self, found: str) -> str:
        """Return the label of an id, an ETag or a cursor: the same for the same, another for another."""
        return self._labels.setdefault(found, f"<{len(self._labels)}>")

    def hide(self, ids: Iterable[str]) -> None:
        """Take note of ids that nobody may see."""
        self.hidden.update(ids)
