"""Drawbridge in a running Home Assistant: set up by its config flow, and its keys made by its action."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sandbox.client import Client, Json

COMPONENT: Final = Path(__file__).parents[1] / "custom_components" / "drawbridge"
BASE_PATH: Final = "/api/drawbridge"
OPTIONS_FLOW: Final = "/api/config/config_entries/options/flow"
CREATE_KEY: Final = "/api/services/drawbridge/create_key?return_response"


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key may do, and with which entities.

    `per_minute` is 0 for a key without a rate limit, `expires` a local date and time.
    """

    name: str
    capabilities: tuple[str, ...] = ("read",)
    everything: bool = False
    areas: tuple[str, ...] = ()
    per_minute: int | None = None
    expires: str | None = None

    def data(self) -> dict[str, Json]:
        """Return the data of the action that makes the key."""
        return {field: value for field, value in asdict(self).items() if value is not None}


IN_A_YEAR: Final = (datetime.now(UTC) + timedelta(days=365)).strftime("%Y-%m-%d %H:%M:%S")

HOUSEHOLD_KEYS: Final = {
    "dashboard": NewKey("Dashboard", everything=True),
    "living_room": NewKey("Living room", ("read", "control"), areas=("living_room",), expires=IN_A_YEAR),
    "metrics": NewKey("Metrics", ("metrics",)),
    "benchmark": NewKey("Benchmark", everything=True, per_minute=0),
}
"""The keys of the demo, by the names that `demo.json` has for them."""


async def set_up(client: Client) -> str:
    """Set up Drawbridge, with its audit trail in a file; return the id of its config entry."""
    entry = await client.flow("drawbridge", {})
    entry_id: str = entry["entry_id"]
    form = await client.post(OPTIONS_FLOW, {"handler": entry_id})
    options = _shown(form["data_schema"])
    options["audit"]["audit_file"] = True
    await client.post(f"{OPTIONS_FLOW}/{form['flow_id']}", options)
    return entry_id


def _shown(fields: list[Json]) -> dict[str, Json]:
    """Return what the fields of a form show, section by section, as a browser sends it."""
    return {
        field["name"]: _shown(field["schema"])
        if field.get("type") == "expandable"
        else field["description"]["suggested_value"]
        for field in fields
    }


async def add_key(client: Client, key: NewKey) -> str:
    """Add a key, and return its secret."""
    answer = await client.post(CREATE_KEY, key.data())
    secret: str = answer["service_response"]["secret"]
    return secret


async def add_household_keys(client: Client) -> dict[str, str]:
    """Add the keys of the demo; return the secret of each by its name."""
    return {name: await add_key(client, key) for name, key in HOUSEHOLD_KEYS.items()}
