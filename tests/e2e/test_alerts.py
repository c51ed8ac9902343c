"""Alerts in a real Prometheus, caused by what they warn of in a real Home Assistant and real exporters."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import yaml

from sandbox.drawbridge import NewKey, add_key, change_options
from sandbox.exporter import Exporter
from sandbox.files import private_folder
from sandbox.prometheus import RULES, Prometheus
from sandbox.stack import Stack, household

UNKNOWN_KEY = "dbk_" + "0" * 43 + "000000"
SECONDS = 60.0
IN_THREE_DAYS = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S")
SLOW_SECONDS = 2.2
SLOW_SCRIPT = {"alias": "Slow", "mode": "parallel", "max": 200, "sequence": [{"delay": {"seconds": SLOW_SECONDS}}]}
SLOW, REFUSED = 60, 60
ELSEWHERE = "127.0.1.1"


def without_waiting(folder: Path) -> Path:
    """Write the rules without the time for which a condition has to hold, and return the pattern of their files."""
    private_folder(folder)
    for file in RULES.parent.glob(RULES.name):
        document = yaml.safe_load(file.read_text())
        for group in document["groups"]:
            group.pop("interval", None)
            for rule in group["rules"]:
                rule.pop("for", None)
        (folder / file.name).write_text(yaml.safe_dump(document))
    return folder / RULES.name


class Alerts:
    """The alerts that fire in a Prometheus."""

    def __init__(self, prometheus: Prometheus) -> None:
        """Ask a Prometheus."""
        self.prometheus = prometheus

    async def fires(self, alertname: str, /, **labels: str) -> None:
        """Wait until an alert fires."""
        matchers = "".join(f', {label}="{value}"' for label, value in labels.items())
        expression = f'count(ALERTS{{alertname="{alertname}", alertstate="firing"{matchers}}}) > bool 0'
        await self.prometheus.until(expression, 1, seconds=SECONDS)

    async def names(self) -> set[str]:
        """Return the names of the alerts that fire now."""
        return {alert["metric"]["alertname"] for alert in await self.prometheus.query("ALERTS")}

    async def scraped(self) -> None:
        """Wait until what has happened so far is in two more samples."""
        before = await self.prometheus.value("max(timestamp(drawbridge_up))") or 0
        await self.prometheus.until(f"max(timestamp(drawbridge_up)) > bool {before + 2}", 1, seconds=SECONDS)


async def guess_keys(stack: Stack, number: int) -> None:
    """Send wrong keys, like an attacker who guesses keys."""
    async with aiohttp.ClientSession() as session:
        for _ in range(number):
            headers = {"Authorization": f"Bearer {UNKNOWN_KEY}"}
            async with session.get(f"{stack.bridge}/api/states", headers=headers) as response:
                assert response.status in {401, 429}


async def ask(stack: Stack, key: str, path: str, *, times: int = 1, address: str | None = None) -> list[int]:
    """Send concurrent requests, from an address of this machine, and return the statuses of the responses."""
    local = None if address is None else (address, 0)
    connector = aiohttp.TCPConnector(limit=0, local_addr=local)
    method = "POST" if "/services/" in path else "GET"

    async def one(session: aiohttp.ClientSession) -> int:
        async with session.request(method, stack.bridge + path, headers={"X-API-Key": key}) as response:
            return response.status

    async with aiohttp.ClientSession(connector=connector) as session:
        return await asyncio.gather(*(one(session) for _ in range(times)))


@asynccontextmanager
async def second_exporter(stack: Stack, folder: Path) -> AsyncIterator[Exporter]:
    """Run an exporter that reads the listener over TLS, has a targets file, and serves one scrape at a time."""
    targets = private_folder(folder) / "targets.yml"
    targets.write_text("targets: {}\n")
    exporter = Exporter(
        folder / "exporter",
        stack.listener.url,
        environment={"BRIDGE_CA_FILE": str(stack.listener.authority_file), "TARGETS_FILE": str(targets)},
        flags=["--web.max-requests", "1"],
    )
    await exporter.start(stack.keys["metrics"])
    try:
        yield exporter
    finally:
        await exporter.process.stop()


async def test_alerts_are_heard(tmp_path: Path) -> None:
    """Each is caused by what it warns of; none fires before, but the watchdog."""
    async with household(tmp_path / "home") as stack, second_exporter(stack, tmp_path / "second") as second:
        jobs = {"drawbridge": stack.exporter.address, "drawbridge-second": second.address}
        prometheus = Prometheus(
            tmp_path / "prometheus", jobs, scrape_seconds=1, rules=without_waiting(tmp_path / "rules")
        )
        prometheus.start()
        try:
            await prometheus.wait_until_ready()
            alerts = Alerts(prometheus)
            await alerts.fires("DrawbridgeWatchdog")
            await prometheus.until("count(drawbridge_up == 1)", 2, seconds=SECONDS)
            await alerts.scraped()
            assert await alerts.names() == {"DrawbridgeWatchdog"}
            await of_security(stack, alerts)
            await of_objectives(stack, alerts)
            await of_certificates_and_the_exporter(stack, second, tmp_path, alerts)
            await of_what_is_down(stack, second, alerts)
        finally:
            await prometheus.process.stop()


async def of_security(stack: Stack, alerts: Alerts) -> None:
    """Cause a lock-out of seconds, many refusals, a new network, and a key that expires."""
    prometheus = alerts.prometheus
    await add_key(stack.home_assistant.client, NewKey("Short", everything=True, expires=IN_THREE_DAYS))
    await alerts.fires("DrawbridgeKeyExpiring", name="Short")
    await guess_keys(stack, 6)
    await alerts.fires("DrawbridgeLockout")
    await prometheus.until("max(drawbridge_lockouts)", 0, seconds=SECONDS)
    assert "DrawbridgeLockout" in await alerts.names(), "the lock-out is over, and the alert is not"
    assert await ask(stack, stack.keys["dashboard"], "/api/states") == [200]
    await alerts.scraped()
    assert "DrawbridgeKeyNewNetwork" not in await alerts.names()
    assert await ask(stack, stack.keys["dashboard"], "/api/states", address=ELSEWHERE) == [200]
    await alerts.fires("DrawbridgeKeyNewNetwork", name="Dashboard")
    await guess_keys(stack, 60)
    await alerts.fires("DrawbridgeRefusalBurst")


async def of_objectives(stack: Stack, alerts: Alerts) -> None:
    """Cause slow requests, failing ones, and requests that the cache does not answer."""
    client = stack.home_assistant.client
    [entry] = await client.command("config_entries/get", domain="drawbridge")
    package = stack.home_assistant.config_dir / "packages" / "slow.yaml"
    package.write_text(yaml.safe_dump({"script": {"slow": SLOW_SCRIPT}}))
    await client.call("script.reload")
    key = await add_key(
        client, NewKey("Slow", ("read", "control"), everything=True, services=("script.slow.*",), per_minute=0)
    )
    await change_options(client, entry["entry_id"], limits={"max_concurrent": SLOW}, cache={"cache_enabled": False})
    assert await ask(stack, key, "/api/services/script/slow") == [200]
    # The first requests create the series, whose increase Prometheus sees from then on.
    for _ in range(2):
        statuses = await ask(stack, key, "/api/services/script/slow", times=SLOW + REFUSED)
        assert {200, 503} == set(statuses)
        assert await ask(stack, key, "/api/states", times=40) == [200] * 40
        await alerts.scraped()
    for name in ("DrawbridgeErrorBudgetBurn", "DrawbridgeLatencyBudgetBurn"):
        await alerts.fires(name, severity="critical")
    await alerts.fires("DrawbridgeHealthScoreLow")
    await alerts.fires("DrawbridgeCacheHitRateLow", cache="states")


async def of_certificates_and_the_exporter(stack: Stack, second: Exporter, folder: Path, alerts: Alerts) -> None:
    """Cause certificates that end soon, an invalid targets file, and more scrapes than the exporter serves."""
    await asyncio.to_thread(stack.listener.renew, timedelta(days=5))
    (folder / "second" / "targets.yml").write_text("targets: [broken]\n")

    async def scrape(path: str = "/metrics") -> int:
        async with aiohttp.ClientSession() as session, session.get(second.url + path) as response:
            return response.status

    # Prometheus's service discovery makes the exporter look at the file.
    assert await scrape("/sd") == 200
    await alerts.fires("DrawbridgeTargetsFileBroken")
    assert 503 in await asyncio.gather(*(scrape() for _ in range(20)))
    await alerts.fires("DrawbridgeExporterSaturated")
    # A new connection gets the new certificate.
    (folder / "second" / "targets.yml").write_text("targets: {}\n")
    await second.process.stop()
    await second.start(stack.keys["metrics"])
    await alerts.fires("DrawbridgeListenerCertificateExpiring")
    await alerts.fires("DrawbridgeCertificateExpiring")


async def of_what_is_down(stack: Stack, second: Exporter, alerts: Alerts) -> None:
    """Stop Home Assistant, and then the exporters. What is known of keys outlasts that."""
    await stack.home_assistant.stop()
    await alerts.fires("DrawbridgeDown")
    assert await alerts.prometheus.query("drawbridge_key_expiry_timestamp_seconds") == []
    await alerts.fires("DrawbridgeKeyExpiring", name="Short")
    await stack.exporter.process.stop()
    await second.process.stop()
    await alerts.fires("DrawbridgeScrapeFailing")
    await alerts.fires("DrawbridgeAbsent")
