"""What tests do with a bridge: through the flow manager and by HTTP, as a user would."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResult, FlowResultType, section
from homeassistant.helpers import entity_registry as er

type Flow = FlowResult[Any, Any]

BASE = "/api/drawbridge"


async def add_bridge(hass: HomeAssistant) -> ConfigEntry[Any]:
    """Set Drawbridge up in the flow that a user sees."""
    result = await hass.config_entries.flow.async_init("drawbridge", context={"source": "user"})
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry: ConfigEntry[Any] = result["result"]
    return entry


SELECTION = ("areas", "floors", "labels", "devices", "domains", "entities", "globs")
ABILITIES = ("capabilities", "services", "events", "media_hosts", "ask", "ask_seconds", "approved")


def shown(flow: Flow) -> dict[str, str]:
    """Return what a step puts into its texts."""
    return dict(flow["description_placeholders"] or {})


def notifications(hass: HomeAssistant) -> list[persistent_notification.Notification]:
    """Return the notifications in Home Assistant's sidebar."""
    return [*persistent_notification._async_get_or_create_notifications(hass).values()]  # noqa: SLF001 - no other way


def part(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return those fields that a form has."""
    return {name: fields[name] for name in names if name in fields}


def in_sections(flow: Flow, form: dict[str, Any]) -> dict[str, Any]:
    """Put the fields of a form into the sections that it has."""
    schema = flow.get("data_schema")
    answers = dict(form)
    for name, part_of in (schema.schema if flow["type"] is FlowResultType.FORM and schema else {}).items():
        if isinstance(part_of, section):
            held = {str(field) for field in part_of.schema.schema}
            answers[str(name)] = {field: answers.pop(field) for field in held & answers.keys()}
    return answers


@dataclass
class Bridge:
    """A bridge, and a client to call it with."""

    hass: HomeAssistant
    entry: ConfigEntry[Any]
    client: TestClient[Any, Any]

    async def start_key_flow(self) -> Flow:
        """Open "Add API key"."""
        return await self.hass.config_entries.subentries.async_init(
            (self.entry.entry_id, "api_key"), context={"source": "user"}
        )

    async def submit(self, flow: Flow, form: dict[str, Any]) -> Flow:
        """Submit a form of a key's flow."""
        return await self.hass.config_entries.subentries.async_configure(flow["flow_id"], in_sections(flow, form))

    async def choose(self, flow: Flow, step: str) -> Flow:
        """Choose from a menu of a key's flow."""
        return await self.submit(flow, {"next_step_id": step})

    async def add_key(self, name: str = "Test", **fields: Any) -> str:
        """Add a key through all of its forms, and return its secret. A name that is taken gets a number."""
        taken = [item.title for item in self.entry.subentries.values()]
        name = f"{name} {len(taken)}" if name in taken else name
        flow = await self.submit(await self.start_key_flow(), {"name": name, "preset": "custom"})
        chosen = part(fields, "everything", *SELECTION)
        flow = await self.submit(flow, {"everything": not chosen, **chosen})
        flow = await self.submit(flow, {"capabilities": ["read"], **part(fields, *ABILITIES)})
        for step in ("exclude", "limits"):
            if step in fields:
                flow = await self.submit(await self.choose(flow, step), fields[step])
        assert flow["step_id"] == "confirm", flow
        flow = await self.choose(flow, "secret")
        secret = shown(flow)["key"]
        flow = await self.confirm_secret(flow)
        self.close(flow)
        await self.hass.async_block_till_done()
        return secret

    async def confirm_secret(self, flow: Flow) -> Flow:
        """Submit the page that shows a secret, for the client that it proposes. Then a new key waits for a request."""
        assert flow["data_schema"] is not None
        flow = await self.submit(flow, flow["data_schema"]({}))
        assert flow["type"] is FlowResultType.ABORT or flow["step_id"] == "waiting"
        return flow

    def close(self, flow: Flow) -> None:
        """Close the dialog of a key's flow."""
        self.hass.config_entries.subentries.async_abort(flow["flow_id"])

    async def edit_key(self, name: str, step: str, form: dict[str, Any]) -> Flow:
        """Change a part of a key."""
        flow = await self.choose(await self.reconfigure(name), step)
        if flow["type"] is FlowResultType.FORM:
            flow = await self.submit(flow, form)
        if flow.get("errors") == {"base": "refuses_requests"}:
            flow = await self.submit(flow, form)
        await self.hass.async_block_till_done()
        return flow

    async def act(self, action: str, /, **data: Any) -> dict[str, Any]:
        """Call an action of Drawbridge, and return its response."""
        response = await self.hass.services.async_call("drawbridge", action, data, blocking=True, return_response=True)
        await self.hass.async_block_till_done()
        return dict(response or {})

    async def set_options(self, **options: Any) -> Any:
        """Change options, and leave the others as they are by default. Returns the result of the flow."""
        usual = {
            "per_minute": 0, "max_concurrent": 20, "max_body": 1, "time_limit": 30, "cors_origins": [],
            "audit_file": False, "audit_days": 1, "report_to_ban_list": False, "cache_enabled": True,
            "direct_responses": True,
            "cache_ttl_states": 300, "cache_ttl_services": 600, "cache_ttl_config": 1800, "cache_size": 64,
            "max_connections": 1000, "max_key_connections": 100, "max_subscriptions": 200, "max_message": 1024,
            "listener_enabled": False, "listener_port": 8124, "listener_tls_1_2": False, "pages": False,
            "tracing": False, "trace_percent": 10,
        }  # fmt: skip
        flow = await self.hass.config_entries.options.async_init(self.entry.entry_id)
        form = in_sections(flow, {**usual, **options})
        result = await self.hass.config_entries.options.async_configure(flow["flow_id"], form)
        await self.hass.async_block_till_done(wait_background_tasks=False)
        return result

    def key_id(self, name: str) -> str:
        """Return the id of the key of that name."""
        return next(item.subentry_id for item in self.entry.subentries.values() if item.title == name)

    def own_entities(self) -> set[str]:
        """Return the entities of Drawbridge itself."""
        entries = er.async_entries_for_config_entry(er.async_get(self.hass), self.entry.entry_id)
        return {entry.entity_id for entry in entries}

    async def reconfigure(self, name: str) -> Flow:
        """Open "Edit API key"."""
        return await self.hass.config_entries.subentries.async_init(
            (self.entry.entry_id, "api_key"),
            context={"source": "reconfigure", "subentry_id": self.key_id(name)},
        )

    async def request(self, method: str, path: str, key: str | None = None, **options: Any) -> ClientResponse:
        """Call the bridge, with a key or without."""
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        return await self.client.request(method, BASE + path, headers=headers, **options)

    async def get(self, path: str, key: str | None = None, **options: Any) -> ClientResponse:
        """Read from the bridge."""
        return await self.request("GET", path, key, **options)

    async def post(self, path: str, key: str | None = None, **options: Any) -> ClientResponse:
        """Write to the bridge."""
        return await self.request("POST", path, key, **options)

    async def entity_ids(self, key: str) -> set[str]:
        """Return the entities that a key sees in the bulk answer."""
        answer = await self.get("/api/states", key)
        assert answer.status == 200, await answer.text()
        return {state["entity_id"] for state in await answer.json()}
