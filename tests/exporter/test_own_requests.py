"""The exporter measures the requests that it answers itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from .bridge import BridgeServer
from .files import targets_file
from .serving import Answer, serving, settings_for

COUNT = "drawbridge_exporter_http_requests_total"
DURATION = "drawbridge_exporter_http_request_duration_seconds"


def counted(page: Answer, path: str, code: int) -> float | None:
    """Return how many requests of a path got a status."""
    return page.value(COUNT, {"path": path, "code": str(code)})


@pytest.mark.parametrize("prefix", ["", "/bridge"])
async def test_requests_are_counted_by_path_and_status(bridge: BridgeServer, tmp_path: Path, prefix: str) -> None:
    """Requests are counted by path, below any prefix. All unknown paths are one series."""
    file = targets_file(tmp_path, {"cabin": bridge.url})
    settings = replace(settings_for(bridge.url), targets_file=file, route_prefix=prefix)
    async with serving(settings) as exporter:
        for path in ("/probe?target=cabin", "/probe?target=cabin", "/probe?target=none", "/a", "/b", "/-/reload"):
            await exporter.get(prefix + path)
        page = await exporter.get(f"{prefix}/metrics")
        again = await exporter.get(f"{prefix}/metrics")
    assert counted(page, "/probe", 200) == 2
    assert counted(page, "/probe", 404) == 1
    assert counted(page, "other", 404) == 2
    assert counted(page, "other", 405) == 1
    assert counted(page, "/metrics", 200) == 0, "a series begins at 0, so that Prometheus sees the first increment"
    assert counted(again, "/metrics", 200) == 1
    assert page.value(f"{DURATION}_count", {"path": "/probe"}) == 3
    assert page.value(f"{DURATION}_bucket", {"path": "/probe", "le": "+Inf"}) == 3
    assert page.value("drawbridge_exporter_connections_opened_total") == 2
    assert again.value("drawbridge_exporter_connections_reused_total") == 2


async def test_refusals_are_counted(bridge: BridgeServer, tmp_path: Path) -> None:
    """Refusals are counted, also those because of the web config file."""
    file = tmp_path / "web.yml"
    file.write_text("rate_limit:\n  interval: 1h\n  burst: 2\n")
    async with serving(replace(settings_for(bridge.url), web_config_file=file)) as exporter:
        await exporter.get("/-/healthy")
        file.write_text("rate_limit: [")
        assert (await exporter.get("/-/healthy")).status == 500
        file.write_text("")
        page = await exporter.get("/metrics")
    assert counted(page, "/-/healthy", 200) == 1
    assert counted(page, "/-/healthy", 500) == 1
