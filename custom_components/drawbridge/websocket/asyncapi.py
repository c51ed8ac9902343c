"""The AsyncAPI document of the WebSocket API, generated from the declarations of the commands."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from homeassistant.helpers.json import json_bytes

from ..operations.declaration import Access
from .command import Command
from .commands import COMMANDS
from .json_schema import Schema, json_schema, object_schema

_CHANNEL: Final = "#/channels/websocket"
_TEXT: Final[Schema] = {"type": "string"}
_ID: Final[Schema] = {"type": "integer", "minimum": 0, "description": "The id of the command."}
_ERROR: Final[Schema] = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {"code": _TEXT, "message": _TEXT},
}


def _message(
    type_: str, summary: str, required: dict[str, Schema], optional: dict[str, Schema] | None = None
) -> Schema:
    return {
        "name": type_,
        "title": type_,
        "summary": summary,
        "payload": {
            "type": "object",
            "required": ["type", *required],
            "properties": {"type": {"const": type_}, **required, **(optional or {})},
        },
    }


_FROM_CLIENT: Final = {
    "auth": _message("auth", "The key. It must be the first message.", {"access_token": _TEXT}),
}
_TO_CLIENT: Final = {
    "auth_required": _message("auth_required", "The connection is open, and waits for a key.", {"ha_version": _TEXT}),
    "auth_ok": _message("auth_ok", "The key was accepted.", {"ha_version": _TEXT}),
    "auth_invalid": _message("auth_invalid", "The key was refused. The connection is closed.", {"message": _TEXT}),
    "result": _message(
        "result",
        "The result of a command, or its error.",
        {"id": {"type": ["integer", "null", "string"]}, "success": {"type": "boolean"}},
        {"result": {}, "error": _ERROR},
    ),
    "event": _message("event", "An event of a subscription.", {"id": _ID, "event": {}}),
    "pong": _message("pong", "The answer to `ping`.", {"id": _ID}),
}


@cache
def content(version: str, base_path: str) -> bytes:
    """Return the document of all commands as JSON."""
    return json_bytes(document(COMMANDS.values(), version, base_path))


def document(commands: Iterable[Command], version: str, base_path: str) -> dict[str, Any]:
    """Return the AsyncAPI document.

    Args:
        commands: The commands.
        version: The version of the integration.
        base_path: The base path of the WebSocket API.

    """
    declared = sorted(commands, key=lambda command: command.type)
    messages = {**_FROM_CLIENT, **_TO_CLIENT} | {_name(command): _command_message(command) for command in declared}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Drawbridge",
            "version": version,
            "description": "Home Assistant's own WebSocket API, for scoped API keys.",
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "home_assistant": {
                "host": "{host}",
                "pathname": base_path or "/",
                "protocol": "ws",
                "description": "Home Assistant. The protocol is wss if Home Assistant uses TLS.",
                "variables": {"host": {"default": "homeassistant.local:8123"}},
            }
        },
        "channels": {"websocket": {"address": "/api/websocket", "messages": messages}},
        "operations": {**_own_operations(), **{_name(command): _operation(command) for command in declared}},
    }


def _name(command: Command) -> str:
    return command.type.replace("/", "_")


def _command_message(command: Command) -> Schema:
    payload = object_schema(command.fields or {})
    return {
        "name": command.type,
        "title": command.type,
        "summary": command.summary,
        "payload": payload
        | {
            "required": ["id", "type", *payload.get("required", ())],
            "properties": {"id": _ID, "type": json_schema(command.type), **payload["properties"]},
        },
    }


def _operation(command: Command) -> Schema:
    answer = "pong" if command.type == "ping" else "result"
    return {
        "action": "receive",
        "channel": {"$ref": _CHANNEL},
        "summary": command.summary,
        "description": _description(command),
        "messages": [_reference(_name(command))],
        "reply": {"channel": {"$ref": _CHANNEL}, "messages": [_reference(answer)]},
    }


def _description(command: Command) -> str:
    cost = " It does not count towards the rate limit." if command.is_free else ""
    return f"{_needs(command)}{cost}"


def _needs(command: Command) -> str:
    capability = command.operation.capability
    return "Any key may use it." if isinstance(capability, Access) else f"Needs the capability `{capability}`."


def _own_operations() -> Schema:
    authenticate = {
        "action": "receive",
        "channel": {"$ref": _CHANNEL},
        "summary": "Authenticate with a key.",
        "messages": [_reference("auth")],
        "reply": {"channel": {"$ref": _CHANNEL}, "messages": [_reference("auth_ok"), _reference("auth_invalid")]},
    }
    deliver = {
        "action": "send",
        "channel": {"$ref": _CHANNEL},
        "summary": "Send what a client waits for: the request for its key, and the events of its subscriptions.",
        "messages": [_reference("auth_required"), _reference("event")],
    }
    return {"authenticate": authenticate, "deliver": deliver}


def _reference(message: str) -> Schema:
    return {"$ref": f"{_CHANNEL}/messages/{message}"}
