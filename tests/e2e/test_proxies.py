"""The reverse proxies of docs/network.md, run in front of the listener with the configuration that is printed there."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio

from sandbox import drawbridge, ports
from sandbox.certificates import Authority
from sandbox.drawbridge import NewKey
from sandbox.files import write_private_json
from sandbox.homeassistant import HomeAssistant
from sandbox.listener import Listener
from sandbox.ports import HOST
from sandbox.process import Process

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE: Final = Path(__file__).parents[2] / "docs" / "network.md"
FRIEND: Final = "127.0.0.2"
"""The address of a client that is not the proxy's."""
ENTITY: Final = "sensor.behind_a_proxy"


@dataclass(frozen=True)
class Bridge:
    """A bridge that trusts proxies on this machine, with a key that only works from one address."""

    home_assistant: HomeAssistant
    listener: Listener
    key: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bridge(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bridge]:
    """Start Home Assistant with a listener."""
    folder = tmp_path_factory.mktemp("proxies")
    home_assistant, listener = HomeAssistant(folder / "homeassistant"), Listener(folder / "listener")
    home_assistant.write_config(components=[drawbridge.COMPONENT])
    trust_proxies(home_assistant.config_dir / ".storage" / "http")
    try:
        await home_assistant.first_start()
        client = home_assistant.client
        await drawbridge.set_up(client, **listener.write())
        await listener.wait_until_open()
        data = NewKey("Friend", everything=True, per_minute=0).data() | {"networks": [FRIEND]}
        answer = await client.post(drawbridge.CREATE_KEY, data)
        yield Bridge(home_assistant, listener, answer["service_response"]["secret"])
    finally:
        await home_assistant.stop()


def trust_proxies(file: Path) -> None:
    """Change the stored settings of Home Assistant's server."""
    document = json.loads(file.read_text(encoding="utf-8"))
    document["data"]["stable"] |= {"use_x_forwarded_for": True, "trusted_proxies": [HOST]}
    write_private_json(file, document)


def printed(name: str) -> str:
    """Return the configuration from the page."""
    found = re.search(rf"<!-- tested: {name} -->\n```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def replaced(text: str, changes: dict[str, str]) -> str:
    """Replace what differs from machine to machine. Each part must be there."""
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def nginx(folder: Path, port: int, listener: Listener) -> list[str]:
    """Return the command that runs nginx with the configuration of the page."""
    changes = {
        "listen 443 ssl": f"listen {HOST}:{port} ssl",
        "192.168.1.10:8124": f"{HOST}:{listener.port}",
        "/etc/nginx/drawbridge-authority.crt": str(listener.authority_file),
        "/etc/nginx/bridge.": f"{folder}/bridge.",
    }
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}{replaced(printed('nginx'), changes)}}}\n"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, port: int, listener: Listener) -> list[str]:
    """Return the command that runs Caddy with the configuration of the page, and a certificate from a file."""
    changes = {
        "bridge.example.com {\n": f"https://{HOST}:{port} {{\n    tls {folder}/bridge.crt {folder}/bridge.key\n",
        "192.168.1.10:8124": f"{HOST}:{listener.port}",
        "/etc/caddy/drawbridge-authority.crt": str(listener.authority_file),
    }
    settings = f"{{\n    admin off\n    auto_https disable_redirects\n    storage file_system {folder}\n}}\n"
    (folder / "Caddyfile").write_text(settings + replaced(printed("caddy"), changes), encoding="utf-8")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


async def accepts(port: int) -> bool:
    """Tell whether something accepts connections at a port."""
    with suppress(OSError):
        _, writer = await asyncio.open_connection(HOST, port)
        writer.close()
        return True
    return False


@asynccontextmanager
async def proxied(
    bridge: Bridge, folder: Path, command: Callable[[Path, int, Listener], list[str]], address: str
) -> AsyncIterator[aiohttp.ClientSession]:
    """Run a proxy, and open a session to it from an address of this machine."""
    authority, port = Authority(), ports.choose(None)
    authority.issue(HOST).write(folder, "bridge")
    program, *arguments = command(folder, port, bridge.listener)
    path = shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/bin")
    assert path is not None, f"{program} is missing: scripts/setup installs it"
    process = Process(program, [path, *arguments], log=folder / "proxy.log", environment={"HOME": str(folder)})
    process.start()
    try:
        await process.until(lambda: accepts(port), seconds=20, what="accepting connections")
        connector = aiohttp.TCPConnector(ssl=authority.trusting(), local_addr=(address, 0))
        headers = {"Authorization": f"Bearer {bridge.key}"}
        async with aiohttp.ClientSession(f"https://{HOST}:{port}", connector=connector, headers=headers) as session:
            yield session
    finally:
        await process.stop()


@pytest.mark.parametrize("command", [nginx, caddy])
async def test_a_proxy(bridge: Bridge, tmp_path: Path, command: Any) -> None:
    """Requests, a WebSocket and an event stream pass without buffering, with the address of the client."""
    client = bridge.home_assistant.client
    await client.post(f"/api/states/{ENTITY}", {"state": "before"})
    async with proxied(bridge, tmp_path, command, FRIEND) as session:
        async with session.get(f"/api/states/{ENTITY}") as answer:
            assert (answer.status, (await answer.json())["state"]) == (200, "before")
            assert "Strict-Transport-Security" in answer.headers
        async with session.ws_connect("/api/websocket") as socket, session.get("/api/stream") as stream:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": bridge.key})
            assert (await socket.receive_json())["type"] == "auth_ok"
            await socket.send_json({"id": 1, "type": "subscribe_events", "event_type": "state_changed"})
            assert (await socket.receive_json())["success"] is True
            await client.post(f"/api/states/{ENTITY}", {"state": f"through {command.__name__}"})
            async with asyncio.timeout(5):
                assert ENTITY in json.dumps(await socket.receive_json())
                assert ENTITY.encode() in await stream.content.readuntil(ENTITY.encode())


@pytest.mark.parametrize("command", [nginx, caddy])
async def test_an_address_cannot_be_made_up(bridge: Bridge, tmp_path: Path, command: Any) -> None:
    """The key does not work from another address, regardless of the headers that the client sends."""
    async with proxied(bridge, tmp_path, command, "127.0.0.3") as session:
        for headers in ({}, {"X-Forwarded-For": FRIEND}, {"X-Forwarded-For": f"{FRIEND}, {HOST}"}):
            async with session.get("/api/states", headers=headers) as answer:
                assert answer.status == 403, headers
