"""The WebSocket transport: the commands of Home Assistant's WebSocket API that keys may use, within their scopes."""
