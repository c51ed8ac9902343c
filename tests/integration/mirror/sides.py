"""Home Assistant's own API and the bridge, asked the same."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from homeassistant.helpers import entity_registry as er

from tests.integration.house import Bridge


@dataclass
class Sides:
    """Both sides. ``compared`` counts the requests for which both were held against each other."""

    bridge: Bridge
    own: TestClient[Any, Any]
    key: str
    compared: int = field(default=0)

    async def same(self, path: str, method: str = "GET", **options: Any) -> Any:
        """Hold status and body of both sides against each other; return what both said."""
        own = await self.own.request(method, path, **options)
        ours = await self.bridge.request(method, path, self.key, **options)
        self.compared += 1
        said, heard = self._others(await content(own)), self._others(await content(ours))
        assert (ours.status, path) == (own.status, path), (said, heard)
        if own.ok:
            assert heard == said, path
            assert ours.content_type == own.content_type, path
        else:
            ensure_clear(own, said, ours, heard)
        return heard

    def _others(self, said: Any) -> Any:
        """Leave out Drawbridge's own entities, and services of nothing else: they are in no scope.

        Its entries in the logbook come and go with the requests that are compared.
        """
        if not isinstance(said, list) or not all(isinstance(item, dict) for item in said):
            return said
        own = self._own_entities()
        domains = {entity_id.split(".")[0] for entity_id in own}
        domains |= {"drawbridge"}
        domains -= {state.domain for state in self.bridge.hass.states.async_all() if state.entity_id not in own}
        return [item for item in said if item.get("entity_id") not in own and item.get("domain") not in domains]

    def is_own(self, entity_id: str) -> bool:
        """Tell whether an entity is Drawbridge's own."""
        return entity_id in self._own_entities()

    def _own_entities(self) -> set[str]:
        entries = er.async_get(self.bridge.hass).entities.get_entries_for_config_entry_id(self.bridge.entry.entry_id)
        return {entry.entity_id for entry in entries}

    async def differs(self, path: str, own_status: int, status: int, method: str = "GET", **options: Any) -> None:
        """Hold the status of each side against what it is known to be, where the two differ."""
        own = await self.own.request(method, path, **options)
        ours = await self.bridge.request(method, path, self.key, **options)
        self.compared += 1
        assert (own.status, ours.status, path) == (own_status, status, path), await content(ours)
        if not ours.ok:
            ensure_clear(own, await content(own), ours, await content(ours))


def ensure_clear(own: ClientResponse, said: Any, ours: ClientResponse, heard: Any) -> None:
    """Expect a message that says at least what Home Assistant's own says."""
    assert ours.content_type == "application/problem+json"
    assert len(heard["message"]) > 5
    if isinstance(said, dict) and own.status == ours.status:
        assert heard["message"].lower().startswith(said["message"].lower().rstrip(".")), (said, heard)


async def content(answer: ClientResponse) -> Any:
    """Return the JSON of an answer, or its bytes."""
    body = await answer.read()
    if "json" in answer.content_type:
        return json.loads(body)
    return body
