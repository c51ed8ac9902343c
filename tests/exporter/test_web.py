"""The server: shared fetches, time limits, health and the landing page."""

import asyncio
import math

import pytest

from drawbridge_exporter.server.pages import scrape_timeout

from .bridge import BridgeServer
from .documents import snapshot
from .serving import serving, settings_for


async def test_concurrent_scrapes_share_one_fetch(bridge: BridgeServer) -> None:
    """Two Prometheus servers cost the bridge one request."""
    bridge.gate.clear()
    async with serving(settings_for(bridge.url)) as exporter:
        scrapes = [asyncio.create_task(exporter.get("/metrics")) for _ in range(8)]
        await bridge.asked.wait()
        await asyncio.sleep(0.1)
        bridge.gate.set()
        answers = await asyncio.gather(*scrapes)
    assert bridge.requests == 1
    assert {answer.value("drawbridge_up") for answer in answers} == {1}


async def test_one_scrape_that_gives_up_does_not_end_the_others(bridge: BridgeServer) -> None:
    """Each has its own limit."""
    bridge.gate.clear()
    async with serving(settings_for(bridge.url)) as exporter:
        patient = asyncio.create_task(exporter.get("/metrics"))
        hasty = await exporter.get("/metrics", X_Prometheus_Scrape_Timeout_Seconds="0.4")
        assert hasty.value("drawbridge_up") == 0
        bridge.gate.set()
        assert (await patient).value("drawbridge_up") == 1
    assert bridge.requests == 1


async def test_a_scrape_after_another_fetches_anew(bridge: BridgeServer) -> None:
    """And over the same connection."""
    async with serving(settings_for(bridge.url)) as exporter:
        for _ in range(3):
            await exporter.get("/metrics")
    assert bridge.requests == 3
    assert len(bridge.connections) == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("10", 9.5),
        ("1.5", 1.0),
        ("0.4", 0.2),
        ("60", 59.5),
        ("", math.inf),
        ("soon", math.inf),
        ("-1", math.inf),
        ("0", math.inf),
        ("nan", math.inf),
        ("inf", math.inf),
    ],
)
def test_the_time_limit_follows_prometheus(header: str, expected: float) -> None:
    """Half a second less than Prometheus waits."""
    assert scrape_timeout({"X-Prometheus-Scrape-Timeout-Seconds": header}) == expected


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready"])
async def test_health_does_not_hang_on_the_target(bridge: BridgeServer, path: str) -> None:
    """A bridge that is down is no reason to restart the exporter."""
    bridge.status = 503
    async with serving(settings_for(bridge.url)) as exporter:
        assert (await exporter.get(path)).status == 200
    assert bridge.requests == 0


@pytest.mark.parametrize("path", ["/metrics", "/-/healthy", "/-/ready"])
async def test_what_is_turned_off_is_not_there(bridge: BridgeServer, path: str) -> None:
    """Nor does the landing page link to it."""
    async with serving(settings_for(bridge.url, switches=False)) as exporter:
        assert (await exporter.get(path)).status == 404
        assert path not in (await exporter.get("/")).text


async def test_the_landing_page_tells_the_state(bridge: BridgeServer) -> None:
    """Its versions, its score; nothing is loaded from elsewhere."""
    async with serving(settings_for(bridge.url)) as exporter:
        answer = await exporter.get("/")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert all(text in answer.text for text in ('class="up"', "98.2 of 100", "2026.11.0", "/metrics"))
    assert "Metrics of the exporter itself" not in answer.text
    assert "<script" not in answer.text
    assert 'src="' not in answer.text


async def test_the_landing_page_escapes_what_the_bridge_says(bridge: BridgeServer) -> None:
    """A bridge is not trusted with the page."""
    bridge.document = snapshot() | {"bridge": {"version": "<b>0</b>", "started_at": 1.0}}
    async with serving(settings_for(bridge.url)) as exporter:
        answer = await exporter.get("/")
    assert "<b>" not in answer.text
    assert "&lt;b&gt;0&lt;/b&gt;" in answer.text
