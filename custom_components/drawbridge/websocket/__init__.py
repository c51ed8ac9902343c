"""The WebSocket transport: those commands of Home Assistant's WebSocket API that keys may use, within their scopes."""
