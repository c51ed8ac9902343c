"""The AsyncAPI document of the WebSocket API, and the table of commands in the documentation."""

import gzip
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from homeassistant.helpers import config_validation as cv

from custom_components.drawbridge.operations import own
from custom_components.drawbridge.websocket.asyncapi import content, document
from custom_components.drawbridge.websocket.command import Commands
from custom_components.drawbridge.websocket.commands import COMMANDS
from custom_components.drawbridge.websocket.json_schema import json_schema
from scripts import build_websocket_docs

vol: Any = import_module("voluptuous")
"""Imported after Home Assistant, which may replace it."""

# AsyncAPI's own schema of its documents, from https://github.com/asyncapi/spec-json-schemas, Apache License 2.0.
SPECIFICATION = json.loads(gzip.decompress((Path(__file__).parent / "asyncapi-3.0.0.json.gz").read_bytes()))
DOCUMENT = json.loads(content("1.2.3", "/api/drawbridge"))
MESSAGES = DOCUMENT["channels"]["websocket"]["messages"]
STRINGS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def test_the_document_is_valid() -> None:
    """The document is valid by AsyncAPI's own schema, and the schema refuses an invalid document."""
    validator = jsonschema.Draft7Validator(SPECIFICATION)
    assert [error.message for error in validator.iter_errors(DOCUMENT)] == []
    assert not validator.is_valid(DOCUMENT | {"channels": {"websocket": {"messages": {"ping": {"payload": 7}}}}})


def references(value: object) -> set[str]:
    """Return all references of a document."""
    if isinstance(value, list):
        return set().union(*map(references, value))
    if not isinstance(value, dict):
        return set()
    found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return found.union(*map(references, value.values()))


def test_each_reference_leads_somewhere() -> None:
    """Every reference leads to a part of the document."""
    found = references(DOCUMENT)
    assert len(found) > len(COMMANDS)
    for reference in found:
        part: Any = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]
        assert part


def test_each_command_is_described() -> None:
    """The document has every command with its type, its summary and its capability, and no other command."""
    described = {message["name"] for message in MESSAGES.values()}
    protocol = {"auth", "auth_required", "auth_ok", "auth_invalid", "result", "event", "pong"}
    assert described == {*COMMANDS, *protocol}
    assert len(MESSAGES) == len(described)
    for message in MESSAGES.values():
        assert message["summary"].endswith(".")
        jsonschema.Draft7Validator.check_schema(message["payload"])
    assert DOCUMENT["operations"]["call_service"]["description"] == "Needs the capability `control`."
    assert DOCUMENT["operations"]["ping"]["description"].startswith("Any key may use it.")


@pytest.mark.parametrize(
    ("message", "is_valid"),
    [
        ({"type": "ping"}, True),
        ({"type": "ping", "more": 1}, False),
        ({"type": "call_service", "domain": "light", "service": "turn_on"}, True),
        ({"type": "call_service", "domain": "light", "service": "turn_on", "target": {"entity_id": "light.a"}}, True),
        ({"type": "call_service", "domain": "light", "service": "turn_on", "target": {"area_id": ["a"]}}, True),
        ({"type": "call_service", "domain": "light"}, False),
        ({"type": "call_service", "domain": "light", "service": "turn_on", "service_data": []}, False),
        ({"type": "subscribe_entities", "entity_ids": ["light.a"], "include": {"domains": ["light"]}}, True),
        ({"type": "subscribe_entities", "entity_ids": 7}, False),
    ],
    ids=str,
)
def test_the_schema_of_a_command(message: dict[str, Any], *, is_valid: bool) -> None:
    """The JSON schema of a command accepts the same messages as its validator."""
    payload, command = MESSAGES[message["type"]]["payload"], COMMANDS[message["type"]]
    message = {"id": 1, **message}
    assert jsonschema.Draft7Validator(payload).is_valid(message) == is_valid
    if command.schema is not None:
        try:
            command.schema(message)
        except vol.Invalid:
            assert not is_valid
        else:
            assert is_valid


@pytest.mark.parametrize(
    ("validator", "schema"),
    [
        (str, {"type": "string"}),
        (None, {"const": None}),
        (object, {}),
        ([], {"type": "array", "items": {}}),
        ([vol.In(["b", "a"])], {"type": "array", "items": {"enum": ["a", "b"]}}),
        (vol.Any(None, cv.string), {"anyOf": [{"const": None}, {"type": "string"}]}),
        (vol.Any(str, cv.string), {"type": "string"}),
        (vol.Any(str, lambda value: value), {}),
        (vol.All(vol.Coerce(int), vol.Range(min=1, max=9)), {"type": "integer", "minimum": 1, "maximum": 9}),
        (vol.All(cv.ensure_list, [str]), STRINGS),
        (
            vol.Schema({vol.Required("a"): bool, vol.Optional("b", default=3): int}),
            {
                "type": "object",
                "properties": {"a": {"type": "boolean"}, "b": {"type": "integer", "default": 3}},
                "additionalProperties": False,
                "required": ["a"],
            },
        ),
        ({str: int}, {"type": "object", "properties": {}, "additionalProperties": {"type": "integer"}}),
        ({vol.Extra: object}, {"type": "object", "properties": {}, "additionalProperties": True}),
    ],
    ids=str,
)
def test_validators(validator: object, schema: dict[str, Any]) -> None:
    """Each kind of validator becomes JSON Schema. A validator that cannot be described accepts everything."""
    assert json_schema(validator) == schema


def test_a_command_with_a_path_as_its_type() -> None:
    """A command with slashes in its type has a name without slashes, which references would have to escape."""
    commands = Commands()
    commands.command("a/b", own.PING)(lambda _request: None)
    described = document(commands.commands, "1", "/base")
    assert {"a_b"} <= described["operations"].keys() & described["channels"]["websocket"]["messages"].keys()
    assert described["servers"]["home_assistant"]["pathname"] == "/base"


def test_the_page_is_what_the_script_writes() -> None:
    """Run python -m scripts.build_websocket_docs after a change of the commands."""
    page = build_websocket_docs.PAGE.read_text()
    assert page == build_websocket_docs.updated(page)
    assert "| `call_service` | `control` |" in page
