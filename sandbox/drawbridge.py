"""Sets up Drawbridge with its config flow, and creates keys with its action."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sandbox.client import Client, Json
from sandbox.process import SandboxError

COMPONENT: Final = Path(__file__).parents[1] / "custom_components" / "drawbridge"
BASE_PATH: Final = "/api/drawbridge"
DOMAIN: Final = "drawbridge"
OPTIONS_FLOW: Final = "/api/config/config_entries/options/flow"
CREATE_KEY: Final = "/api/services/drawbridge/create_key?return_response"


@dataclass(frozen=True, slots=True)
class NewKey:
    """The capabilities and the scope of a new key.

    `per_minute` is 0 for no rate limit. `expires` is a local date and time.
    """

    name: str
    capabilities: tuple[str, ...] = ("read",)
    everything: bool = False
    areas: tuple[str, ...] = ()
    services: tuple[str, ...] | None = None
    events: tuple[str, ...] | None = None
    dashboards: tuple[str, ...] | None = None
    per_minute: int | None = None
    expires: str | None = None

    def data(self) -> dict[str, Json]:
        """Return the data of the `create_key` action."""
        return {field: value for field, value in asdict(self).items() if value is not None}


IN_A_YEAR: Final = (datetime.now(UTC) + timedelta(days=365)).strftime("%Y-%m-%d %H:%M:%S")

ALL_CAPABILITIES: Final = (
    "read", "history", "control", "set_state", "fire_event", "template", "images", "location", "dashboard",
    "metrics",
)  # fmt: skip

HOUSEHOLD_KEYS: Final = {
    "dashboard": NewKey("Dashboard", everything=True),
    "living_room": NewKey("Living room", ("read", "control"), areas=("living_room",), expires=IN_A_YEAR),
    "tablet": NewKey(
        "Tablet", ("read", "control", "history", "images", "dashboard"), areas=("living_room",), expires=IN_A_YEAR
    ),
    "metrics": NewKey("Metrics", ("metrics",)),
    "everything": NewKey("Everything", ALL_CAPABILITIES, everything=True, events=("*",), per_minute=0),
    "benchmark": NewKey("Benchmark", everything=True, per_minute=0),
}
"""The keys of the household, by their names in `demo.json`."""


async def set_up(client: Client, **listener: Json) -> str:
    """Set up Drawbridge with an audit file and options of the listener, and return the id of its config entry."""
    entry = await client.flow(DOMAIN, {})
    entry_id: str = entry["entry_id"]
    await change_options(client, entry_id, audit={"audit_file": True}, listener=listener)
    return entry_id


async def change_options(client: Client, entry_id: str, **sections: Mapping[str, Json]) -> None:
    """Change options of Drawbridge by section. Raises SandboxError if the form refuses them."""
    form = await client.post(OPTIONS_FLOW, {"handler": entry_id})
    options = _shown(form["data_schema"])
    for name, changes in sections.items():
        options[name] |= changes
    result = await client.post(f"{OPTIONS_FLOW}/{form['flow_id']}", options)
    if result["type"] != "create_entry":
        raise SandboxError(f"Drawbridge refused the options: {result['errors']}")


def _shown(fields: list[Json]) -> dict[str, Json]:
    """Return the suggested values of a form's fields, nested by section."""
    return {
        field["name"]: _shown(field["schema"])
        if field.get("type") == "expandable"
        else field["description"]["suggested_value"]
        for field in fields
    }


async def add_key(client: Client, key: NewKey) -> str:
    """Create a key, and return its secret."""
    answer = await client.post(CREATE_KEY, key.data())
    secret: str = answer["service_response"]["secret"]
    return secret


async def add_household_keys(client: Client) -> dict[str, str]:
    """Create the keys of the household, and return their secrets by name."""
    everything = replace(HOUSEHOLD_KEYS["everything"], services=await _all_actions(client))
    keys = HOUSEHOLD_KEYS | {"everything": everything}
    return {name: await add_key(client, key) for name, key in keys.items()}


async def _all_actions(client: Client) -> tuple[str, ...]:
    """Return every action with all of its fields, as a key lists them. Drawbridge's own are for administrators."""
    domains = await client.get("/api/services")
    return tuple(
        f"{item['domain']}.{action}.*" for item in domains for action in item["services"] if item["domain"] != DOMAIN
    )
