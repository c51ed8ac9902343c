"""What tests do with the panel's commands: over Home Assistant's own WebSocket, as its frontend does."""

from dataclasses import dataclass
from typing import Any

from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket


@dataclass
class PanelClient:
    """A client of Home Assistant's WebSocket API."""

    socket: MockHAClientWebSocket

    async def send(self, command: str, **fields: Any) -> dict[str, Any]:
        """Send a command, and return its answer. Events before it are skipped."""
        await self.socket.send_json_auto_id({"type": f"drawbridge/{command}", **fields})
        while (answer := await self.socket.receive_json())["type"] != "result":
            pass
        return dict(answer)

    async def ask(self, command: str, **fields: Any) -> Any:
        """Send a command that succeeds, and return its result."""
        answer = await self.send(command, **fields)
        assert answer["success"], answer
        return answer["result"]

    async def error(self, command: str, **fields: Any) -> str:
        """Send a command that fails, and return the code of its error."""
        answer = await self.send(command, **fields)
        assert not answer["success"], answer
        return str(answer["error"]["code"])

    async def event(self) -> Any:
        """Return the next event."""
        answer = await self.socket.receive_json()
        assert answer["type"] == "event", answer
        return answer["event"]
