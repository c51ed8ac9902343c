"""Hostile values in each reviewed field: nothing hidden reaches Home Assistant, and no answer tells what is hidden."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from homeassistant.helpers import entity_registry as er

from custom_components.drawbridge.scope import service_fields
from custom_components.drawbridge.scope.references import decodings
from custom_components.drawbridge.scope.reviewed_services import REVIEWED
from tests.integration.house import Bridge
from tests.integration.reach.everyday import NEEDED
from tests.integration.reach.hostile import ALONE, HIDDEN_IN_TEXT, WORST, of_entity, of_id, too_deep
from tests.integration.reach.whole_house import DOMAINS, WholeHouse, plain

_SUPPORTING: Final = "?return_response"
_PROSE: Final = frozenset({service_fields.message, service_fields.prose, service_fields.proses})
"""Texts that people read: Home Assistant does not interpret them, so that they may say anything."""
_WORDS: Final = frozenset({service_fields.word, service_fields.words, service_fields.text})
"""Words that may be the names of rooms. Ids, they are not."""
_LIBRARY: Final = frozenset({service_fields.media_id, service_fields.media_folder, service_fields.media})
"""Names in the library of a player, which may look like the id of a room or of a device."""
_OWN: Final = ("date", "x-request-id")


@pytest.mark.parametrize(
    "domain", [item for item in DOMAINS if any(REVIEWED[n] for n in REVIEWED if n.startswith(item + "."))]
)
async def test_hostile_values(bridge: Bridge, whole: WholeHouse, key: str, domain: str) -> None:
    """Of each field: all values once for each type, and the worst of them for each field."""
    seen: set[object] = set()
    for name, fields in sorted(REVIEWED.items()):
        for field, kind in fields.items() if name.startswith(f"{domain}.") else ():
            await _attack(_Caller(bridge, whole, key, name, field), whole, worst=kind in seen)
            seen.add(kind)


async def _attack(caller: _Caller, whole: WholeHouse, *, worst: bool) -> None:
    """Call with all values, or with the worst. The answer is the same for something hidden and for nothing."""
    for about, value in ALONE.items():
        if not worst or about in WORST:
            await caller.call(too_deep() if value == "DEEP" else value)
    for about, hidden, missing in _pairs(whole, caller.domain):
        if not worst or about.endswith((" plain", " object")):
            told = await caller.call(hidden)
            assert told == await caller.call(missing), (caller.name, caller.field, about)


class _Caller:
    """Calls one service with values of one field, and checks what reaches it."""

    def __init__(self, bridge: Bridge, whole: WholeHouse, key: str, name: str, field: str) -> None:
        domain, _, service = name.partition(".")
        response = whole.hass.services.supports_response(domain, service).value == "only"
        self._bridge, self._whole, self._key = bridge, whole, key
        self.name, self.domain, self.field = name, domain, field
        self._path = f"/api/services/{domain}/{service}{_SUPPORTING if response else ''}"
        self._needed = {"entity_id": f"{domain}.lamp", **NEEDED.get(name, {})}
        self._kind = REVIEWED[name][field]

    async def call(self, value: object) -> tuple[object, ...]:
        """Call it, and return the whole answer, without the names of what was sent."""
        body = json.dumps({**self._needed, self.field: value})
        answer = await self._bridge.post(
            self._path, self._key, data=body, headers={"Content-Type": "application/json", "X-Request-ID": "1"}
        )
        text = await answer.text()
        about = (self.name, self.field, body[:300], answer.status, text[:300])
        assert answer.status in {200, 400, 403}, about
        self._check(self._whole.take(), is_allowed=answer.status == 200, about=about)
        headers = tuple((name, item) for name, item in answer.headers.items() if name.lower() not in _OWN)
        return answer.status, tuple(_unnamed(self._whole, str(item)) for item in headers), _unnamed(self._whole, text)

    def _check(self, calls: list[dict[str, Any]], *, is_allowed: bool, about: object) -> None:
        assert len(calls) <= is_allowed, about
        for call in calls:
            assert plain(call.pop("entity_id")) == [self._needed["entity_id"]], about
            if self._kind in _PROSE:
                continue
            assert "{{" not in str(call), about
            words = [] if self._kind in _LIBRARY else _ids(self._whole, "hidden")
            words += [".hidden"] if self._kind in _WORDS | _LIBRARY else HIDDEN_IN_TEXT
            for text in decodings(str(plain(call))):
                assert not any(word in text.lower() for word in words), about


def _pairs(whole: WholeHouse, domain: str) -> Iterator[tuple[str, Any, Any]]:
    for item in {domain, "camera", "media_player"} if domain in {"media_player", "tts"} else {domain}:
        ways = zip(
            of_entity(f"{item}.hidden", f"{domain}.lamp"), of_entity(f"{item}.nosuch", f"{domain}.lamp"), strict=True
        )
        yield from ((f"{item} {way}", hidden, missing) for (way, hidden), (_, missing) in ways)
    for (field, hidden), missing in zip(_named(whole), _ids(whole, "nosuch"), strict=True):
        ways = zip(of_id(field, hidden), of_id(field, missing), strict=True)
        yield from ((f"{field} {way}", one, other) for (way, one), (_, other) in ways)


def _named(whole: WholeHouse) -> list[tuple[str, str]]:
    """Return the ids of the hidden room, by the fields that name them."""
    entry = er.async_get(whole.hass).async_get("light.hidden")
    assert entry is not None
    return [*((field, item) for field, item in whole.targets["hidden"].items() if item), ("entity_id", entry.id)]


def _ids(whole: WholeHouse, name: str) -> list[str]:
    """Return the ids of the hidden room, or ids of nothing that are as long."""
    hidden = [item for _, item in _named(whole)]
    if name == "hidden":
        return [item for item in hidden if len(item) == 32]
    return [
        item.replace("bedroom", "bathrom") if len(item) < 32 else f"{number}a" * 16
        for number, item in enumerate(hidden)
    ]


def _unnamed(whole: WholeHouse, text: str) -> str:
    """Return a text in which what is hidden and what is nothing have the same names."""
    for (_, hidden), missing in zip(_named(whole), _ids(whole, "nosuch"), strict=True):
        text = text.replace(missing, hidden)
    return text.replace("nosuch", "hidden").replace("NOSUCH", "HIDDEN")
