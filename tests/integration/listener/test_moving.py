"""The listener starts, moves and closes with its options, without an effect on anything else."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectorError, WSMsgType
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.data_entry_flow import FlowResultType

from custom_components.drawbridge.listener import listener
from tests.exporter.certificates import Authority
from tests.integration.house import BASE, Bridge
from tests.integration.listener.doors import Doors


def free_port() -> int:
    """Return a port that is free."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def until(holds: Any) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - nothing signals it
            await asyncio.sleep(0.02)


async def test_off_by_default(bridge: Bridge) -> None:
    """The listener is off by default."""
    running = bridge.entry.runtime_data
    assert not running.options.listener_enabled
    assert not running.listener.is_running
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", running.options.listener_port)


async def test_moving_under_load(doors: Doors) -> None:
    """While the listener moves, no request and no connection at Home Assistant's own port fails."""
    key = await doors.bridge.add_key(everything=True, limits={"per_minute": 0, "local_only": False})
    own = str(doors.bridge.client.make_url(f"{BASE}/api/websocket"))
    async with doors.session.ws_connect(own) as live, doors.session.ws_connect(f"{doors.url}/api/websocket") as old:
        for client in (live, old):
            await client.receive_json()
            await client.send_json({"type": "auth", "access_token": key})
            assert (await client.receive_json())["type"] == "auth_ok"
        running, answers = True, []

        async def load() -> None:
            while running:
                answers.append((await doors.bridge.get("/api/states/sensor.outside", key)).status)

        task = asyncio.create_task(load())
        ports = [free_port() for _ in range(3)]
        for port in ports:
            before, doors.port = doors.port, port
            result = await doors.open()
            assert result["type"] is FlowResultType.CREATE_ENTRY
            assert (await doors.get("/health")).status == 200
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", before)
        running = False
        await task
        assert set(answers) == {200}
        closed = await old.receive()
        assert closed.type is WSMsgType.CLOSE
        assert closed.data == 1001
        await live.send_json({"id": 1, "type": "ping"})
        assert (await live.receive_json())["type"] == "pong"


async def test_other_addresses_at_the_same_port(doors: Doors) -> None:
    """The listener can change from one address to all and back at the same port."""
    assert (await doors.open(listener_address=""))["type"] is FlowResultType.CREATE_ENTRY
    assert (await doors.get("/health")).status == 200
    assert (await doors.open())["type"] is FlowResultType.CREATE_ENTRY
    assert (await doors.get("/health")).status == 200


async def test_other_options_leave_it_alone(doors: Doors) -> None:
    """Other options do not close connections of the listener."""
    async with doors.session.ws_connect(f"{doors.url}/api/websocket") as live:
        await live.receive_json()
        await doors.open(per_minute=77)
        await live.send_json({"type": "auth", "access_token": await doors.bridge.add_key(everything=True)})
        assert (await live.receive_json())["type"] == "auth_ok"


async def test_tls_is_switched_on_at_the_same_port(doors: Doors, tmp_path: Path) -> None:
    """When TLS is turned on, connections without it are closed."""
    async with doors.session.ws_connect(f"{doors.url}/api/websocket") as live:
        await live.receive_json()
        await doors.open_tls(Authority().issue("127.0.0.1"), tmp_path)
        async with asyncio.timeout(5):
            assert (await live.receive()).type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR}
    assert doors.running.listener.certificate_ends is not None


async def test_switched_off_and_unloaded(doors: Doors) -> None:
    """The port is closed, and a request in progress is answered."""
    await doors.open(listener_enabled=False)
    with pytest.raises(ClientConnectorError):
        await doors.get("/health")
    assert not doors.running.listener.is_running
    await doors.open()
    assert (await doors.get("/health")).status == 200
    entries, entry = doors.hass.config_entries, doors.bridge.entry
    assert await entries.async_reload(entry.entry_id)
    assert (await doors.get("/health")).status == 200
    assert await entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    with pytest.raises(ClientConnectorError):
        await doors.get("/health")


async def test_home_assistant_stops_with_open_connections(doors: Doors) -> None:
    """When Home Assistant stops, WebSockets get the code 1001, and streams end."""
    key = await doors.bridge.add_key(everything=True)
    async with doors.session.ws_connect(f"{doors.url}/api/websocket") as live:
        await live.receive_json()
        await live.send_json({"type": "auth", "access_token": key})
        await live.receive_json()
        stream = await doors.get("/api/stream", key)
        _, idle = await asyncio.open_connection("127.0.0.1", doors.port)
        async with asyncio.timeout(10):
            doors.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
            closed = await live.receive()
            assert (closed.type, closed.data) == (WSMsgType.CLOSE, 1001)
            await stream.content.read()
            await doors.hass.async_block_till_done()
        idle.close()
    await until(lambda: len(doors.running.limits.places) == 0)
    with pytest.raises(ClientConnectorError):
        await doors.get("/health")


# What cannot start


async def test_port_taken(doors: Doors) -> None:
    """The form says so, and the listener stays where it is."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        result = await doors.open(listener_port=taken)
        assert result["errors"] == {"listener": "listener_port_taken"}
        assert result["description_placeholders"]["port"] == str(taken)
        assert (await doors.get("/health")).status == 200


async def test_port_taken_at_start(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    """An issue says so, everything else works, and the listener starts as soon as it can."""
    monkeypatch.setattr(listener, "_FIRST_RETRY_SECONDS", 0.1)
    entries, entry = doors.hass.config_entries, doors.bridge.entry
    assert await entries.async_unload(entry.entry_id)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", doors.port))
        other.listen()
        assert await entries.async_setup(entry.entry_id)
        issue = doors.issues()["listener_port_taken"]
        assert issue.severity == "error"
        assert issue.translation_placeholders is not None
        assert issue.translation_placeholders["port"] == str(doors.port)
        assert (await doors.bridge.get("/health")).status == 200
        assert not doors.running.listener.is_running
    await until(lambda: doors.running.listener.is_running)
    assert (await doors.get("/health")).status == 200
    assert doors.issues() == {}


async def test_certificate_missing_at_start(doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its certificate, the listener does not start, rather than start without TLS."""
    monkeypatch.setattr(listener, "_FIRST_RETRY_SECONDS", 0.1)
    certificate = Authority().issue("127.0.0.1")
    await doors.open_tls(certificate, tmp_path)
    entries, entry = doors.hass.config_entries, doors.bridge.entry
    assert await entries.async_unload(entry.entry_id)
    (tmp_path / "server.crt").unlink()
    assert await entries.async_setup(entry.entry_id)
    assert doors.issues().keys() == {"listener_certificate_missing"}
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", doors.port)
    certificate.write(tmp_path)
    await until(lambda: doors.running.listener.is_running)
    assert doors.issues() == {}


async def test_a_problem_goes_with_the_listener(doors: Doors) -> None:
    """When the listener is turned off, its issues are removed."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        options = dict(doors.bridge.entry.options) | {"listener_port": other.getsockname()[1]}
        doors.hass.config_entries.async_update_entry(doors.bridge.entry, options=options)
        await doors.hass.async_block_till_done(wait_background_tasks=False)
        assert doors.issues().keys() == {"listener_port_taken"}
        await doors.open(listener_enabled=False)
        assert doors.issues() == {}


async def test_diagnostics(doors: Doors, tmp_path: Path) -> None:
    """The state of the listener, without its address and the paths of its files."""
    from custom_components.drawbridge.diagnostics import async_get_config_entry_diagnostics  # noqa: PLC0415

    await doors.open_tls(Authority().issue("127.0.0.1"), tmp_path)
    found = await async_get_config_entry_diagnostics(doors.hass, doors.bridge.entry)
    assert found["listener"] == {"problem": None, "keeps_certificate": False}
    assert found["metrics"]["listener"]["running"] is True
    assert str(tmp_path) not in str(found)
    assert "127.0.0.1" not in str(found["options"])
