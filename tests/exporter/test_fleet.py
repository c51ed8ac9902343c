"""Many homes on one exporter: a home that hangs, or whose name does not resolve, does not delay the others."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from drawbridge_exporter.resources import use_many_resolver_threads

from .bridge import BridgeServer, running_bridge
from .documents import snapshot
from .files import targets_file
from .process import running_exporter
from .serving import serving, settings_for

HOMES = 200
SCRAPE_SECONDS = "6"
TIMEOUT = 'drawbridge_scrape_error{reason="timeout"} 1.0'


@asynccontextmanager
async def homes(number: int) -> AsyncIterator[dict[str, BridgeServer]]:
    """Run bridges until the block ends. Every second one hangs."""
    async with AsyncExitStack() as stack:
        running = {f"home-{index}": await stack.enter_async_context(running_bridge()) for index in range(number)}
        for index, bridge in enumerate(running.values()):
            if index % 2:
                bridge.gate.clear()
        yield running


async def probe(session: aiohttp.ClientSession, url: str, name: str) -> tuple[str, float]:
    """Return the page of a target, and how many seconds it took."""
    started = time.perf_counter()
    headers = {"X-Prometheus-Scrape-Timeout-Seconds": SCRAPE_SECONDS}
    async with session.get(f"{url}/probe", params={"target": name}, headers=headers) as response:
        return await response.text(), time.perf_counter() - started


def resident_mib(pid: int) -> float:
    """Return the resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def test_homes_that_hang_do_not_delay_the_others(tmp_path: Path) -> None:
    """200 targets at once, half of them hang, with the default pool: the other half is up, and quickly."""
    async with homes(HOMES) as running:
        file = targets_file(tmp_path, {name: bridge.url for name, bridge in running.items()})
        async with (
            running_exporter(TARGETS_FILE=str(file)) as exporter,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        ):
            pages = await asyncio.gather(*(probe(session, exporter.url, name) for name in running))
            own = await (await session.get(f"{exporter.url}/metrics")).text()
            memory = resident_mib(exporter.process.pid)
    healthy, hanging = pages[0::2], pages[1::2]
    slowest = max(seconds for _, seconds in healthy)
    print(f"slowest healthy home {slowest:.2f} s, {memory:.0f} MiB")  # noqa: T201 - figures for the report
    assert all("drawbridge_up 1.0" in page for page, _ in healthy)
    assert all("drawbridge_up 0.0" in page and TIMEOUT in page for page, _ in hanging)
    assert slowest < min(seconds for _, seconds in hanging)
    assert f'drawbridge_exporter_collections_total{{result="success"}} {HOMES / 2}' in own
    assert f'drawbridge_exporter_collections_total{{result="timeout"}} {HOMES / 2}' in own
    assert f"drawbridge_exporter_targets {HOMES}.0" in own
    assert memory < 128


async def test_what_is_in_progress_is_measured(bridge: BridgeServer, tmp_path: Path) -> None:
    """Two concurrent scrapes of a target count as two scrapes and one request."""
    bridge.gate.clear()
    file = targets_file(tmp_path, {"cabin": bridge.url})
    async with serving(replace(settings_for(bridge.url), target=None, targets_file=file)) as exporter:
        scrapes = [asyncio.create_task(exporter.get("/probe?target=cabin")) for _ in range(2)]
        await bridge.asked.wait()
        busy = await exporter.get("/metrics")
        bridge.gate.set()
        await asyncio.gather(*scrapes)
        idle = await exporter.get("/metrics")
    assert busy.value("drawbridge_exporter_scrapes_in_flight") == 2
    assert busy.value("drawbridge_exporter_requests_in_flight") == 1
    assert idle.value("drawbridge_exporter_scrapes_in_flight") == 0
    assert idle.value("drawbridge_exporter_requests_in_flight") == 0
    assert idle.value("drawbridge_exporter_connections_opened_total") == 1
    assert idle.value("drawbridge_exporter_connections_reused_total") == 0


async def test_scrapes_above_the_maximum_are_refused(bridge: BridgeServer, tmp_path: Path) -> None:
    """Scrapes over the maximum get 503 at once. The exporter's own metrics are still served."""
    bridge.gate.clear()
    file = targets_file(tmp_path, {"cabin": bridge.url})
    settings = replace(settings_for(bridge.url), target=None, targets_file=file, max_requests=1)
    async with serving(settings) as exporter:
        scrape = asyncio.create_task(exporter.get("/probe?target=cabin"))
        await bridge.asked.wait()
        refused = await exporter.get("/probe?target=cabin")
        bridge.gate.set()
        first = await scrape
        own = await exporter.get("/metrics")
    assert (refused.status, first.status) == (503, 200)
    assert "Limit of concurrent requests reached (1)" in refused.text
    assert own.value("drawbridge_exporter_scrapes_refused_total") == 1
    assert own.value("drawbridge_exporter_scrapes_limit") == 1


async def test_a_target_that_is_removed_finishes_its_scrape(bridge: BridgeServer, tmp_path: Path) -> None:
    """A removed target finishes its scrape: a reload does not close the connection."""
    bridge.gate.clear()
    file = targets_file(tmp_path, {"cabin": bridge.url})
    async with serving(replace(settings_for(bridge.url), targets_file=file)) as exporter:
        scrape = asyncio.create_task(exporter.get("/probe?target=cabin"))
        await bridge.asked.wait()
        targets_file(tmp_path, {"barn": bridge.url})
        assert (await exporter.request("POST", "/-/reload")).status == 200
        bridge.gate.set()
        assert (await scrape).value("drawbridge_up") == 1


async def test_the_page_of_many_homes_reads_none_of_them(bridge: BridgeServer, tmp_path: Path) -> None:
    """It shows the last results, worst first: a person who looks does not cost each home a request."""
    async with running_bridge() as broken, running_bridge() as poor:
        broken.status = 503
        poor.document = snapshot() | {"health": {"score": 12.5, "window_seconds": 300, "components": {}}}
        urls = {"a-good": bridge.url, "b-poor": poor.url, "c-broken": broken.url}
        others = {f"other-{index}": bridge.url for index in range(10)}
        file = targets_file(tmp_path, urls | others)
        settings = replace(settings_for(bridge.url), target=None, targets_file=file)
        async with serving(settings) as exporter:
            for name in urls:
                await exporter.get(f"/probe?target={name}")
            before = bridge.requests
            page = (await exporter.get("/")).text
            assert bridge.requests == before
    assert "2 up, 1 down, 10 not read yet, of 13 targets" in page
    assert page.index("c-broken") < page.index("b-poor") < page.index("a-good")
    assert "Drawbridge is not running" in page
    assert "12.5" in page


async def test_names_that_do_not_resolve_do_not_delay_others(
    bridge: BridgeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's resolver blocks a thread for each name that it waits for."""
    lookup = socket.getaddrinfo

    def resolve(host: str, *arguments: object, **more: object) -> object:
        if host.endswith(".invalid"):
            time.sleep(2)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return lookup(host, *arguments, **more)  # type: ignore[arg-type] # passes on what it is given

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    use_many_resolver_threads()
    lost = {f"lost-{index}": f"http://lost-{index}.invalid:8123" for index in range(40)}
    file = targets_file(tmp_path, lost | {"cabin": bridge.url.replace("127.0.0.1", "localhost")})
    async with serving(replace(settings_for(bridge.url), targets_file=file)) as exporter:
        waiting = [asyncio.create_task(exporter.get(f"/probe?target={name}")) for name in lost]
        await asyncio.sleep(0.3)
        started = time.perf_counter()
        assert (await exporter.get("/probe?target=cabin")).value("drawbridge_up") == 1
        assert time.perf_counter() - started < 1
        pages = await asyncio.gather(*waiting)
    assert all('reason="dns"} 1.0' in page.text for page in pages)
