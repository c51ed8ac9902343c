"""Drawbridge in a running Home Assistant: set up, and its keys made, through the config flows that a person uses."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from demo.client import Client, Json

COMPONENT: Final = Path(__file__).parents[1] / "custom_components" / "drawbridge"
BASE_PATH: Final = "/api/drawbridge"
KEY_SUBENTRY: Final = "api_key"


@dataclass(frozen=True, slots=True)
class KeyForm:
    """What the form of a new key asks."""

    name: str
    capabilities: Iterable[str] = ("read",)
    everything: bool = False
    areas: Iterable[str] = ()
    domains: Iterable[str] = ()
    entities: Iterable[str] = ()

    def answers(self) -> dict[str, Json]:
        """Return the answers as the form takes them."""
        return {
            field: list(value) if isinstance(value, tuple | list | set | frozenset) else value
            for field, value in asdict(self).items()
        }


HOUSEHOLD_KEYS: Final = {
    "dashboard": KeyForm("Dashboard", everything=True),
    "living_room": KeyForm("Living room", ("read", "control"), areas=("living_room",)),
    "metrics": KeyForm("Metrics", ("metrics",)),
    "benchmark": KeyForm("Benchmark", everything=True),
}
"""The keys of the demo, by the names that `demo.json` has for them."""


async def set_up(client: Client) -> str:
    """Set up Drawbridge; return the id of its config entry."""
    entry = await client.flow("drawbridge", {})
    entry_id: str = entry["entry_id"]
    return entry_id


async def add_key(client: Client, entry_id: str, form: KeyForm) -> str:
    """Add a key, and return its secret."""
    steps = await client.subentry_flow(entry_id, KEY_SUBENTRY, form.answers(), {})
    secret: str = steps[1]["description_placeholders"]["key"]
    return secret


async def add_household_keys(client: Client, entry_id: str) -> dict[str, str]:
    """Add the keys of the demo; return the secret of each by its name."""
    return {name: await add_key(client, entry_id, form) for name, form in HOUSEHOLD_KEYS.items()}
