"""What a key can act on through scripts, scenes, groups and the like in its scope."""

from ..operations.delegates import chain, may_act_on_others
from .home import Home
from .key_access import KeyAccess
from .turns import Turns, every_entity


class Indirect:
    """The entities that a key acts on through others that it controls. For one answer: it does not follow changes."""

    def __init__(self, home: Home, access: KeyAccess) -> None:
        """Create an empty collection for a key."""
        self._home = home
        self._access = access
        self._through: dict[str, str] | None = None
        self._untraceable: str | None = None

    async def why(self, entity_id: str) -> str | None:
        """Return how the key can act on an entity through others; ``None`` if it cannot."""
        if self._through is None:
            self._through = await self._find()
        if (through := self._through.get(entity_id)) is not None:
            return f"through {through}, which acts on it"
        if self._untraceable is not None and self._untraceable != entity_id:
            return f"cannot be ruled out, because what {self._untraceable} acts on is not known"
        return None

    async def _find(self) -> dict[str, str]:
        """Return the entities that others act on, each with one of these others."""
        found: dict[str, str] = {}
        hass, turns = self._home.hass, Turns()
        async for facts in every_entity(self._home):
            if not self._access.of(facts)[1] or not may_act_on_others(hass, facts.entity_id):
                continue
            for _, acted_on in chain(hass, {facts.entity_id}):
                if acted_on is None:
                    self._untraceable = facts.entity_id
                else:
                    found.update(dict.fromkeys(acted_on.entities - {facts.entity_id}, facts.entity_id))
                await turns.rest()
        return found
