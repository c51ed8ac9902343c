"""Alerts in a real Prometheus, caused by events in a real Home Assistant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from sandbox.drawbridge import NewKey, add_key
from sandbox.stack import Stack, household

UNKNOWN_KEY = "dbk_" + "0" * 43 + "000000"
SECONDS = 40.0
IN_THREE_DAYS = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S")


async def guess_keys(stack: Stack, number: int) -> None:
    """Send wrong keys, like an attacker who guesses keys."""
    async with aiohttp.ClientSession() as session:
        for _ in range(number):
            headers = {"Authorization": f"Bearer {UNKNOWN_KEY}"}
            async with session.get(f"{stack.bridge}/api/states", headers=headers) as response:
                assert response.status in {401, 429}


async def test_alerts_are_heard(tmp_path: Path) -> None:
    """A lock-out of one second fires an alert. That for an expiring key continues while Home Assistant is down."""
    async with household(tmp_path) as stack:
        prometheus = stack.prometheus
        await add_key(stack.home_assistant.client, NewKey("Short", everything=True, expires=IN_THREE_DAYS))
        await prometheus.until('count(ALERTS{alertname="DrawbridgeWatchdog", alertstate="firing"})', 1)
        assert await prometheus.value('drawbridge_cache_enabled{cache="states"}') == 1
        assert await prometheus.query('ALERTS{alertname="DrawbridgeLockout"}') == []
        await guess_keys(stack, 6)
        await prometheus.until('count(ALERTS{alertname="DrawbridgeLockout", alertstate="firing"})', 1, seconds=SECONDS)
        assert await prometheus.value("drawbridge_lockouts") == 0, "the lock-out is over, and the alert is not"
        await prometheus.until('count(ALERTS{alertname="DrawbridgeKeyExpiring"})', 1, seconds=SECONDS)
        await stack.home_assistant.stop()
        await prometheus.until("drawbridge_up", 0, seconds=SECONDS)
        await prometheus.until('count(ALERTS{alertname="DrawbridgeDown", alertstate="pending"})', 1, seconds=SECONDS)
        assert await prometheus.query("drawbridge_key_expiry_timestamp_seconds") == []
        [expiring] = await prometheus.query('ALERTS{alertname="DrawbridgeKeyExpiring"}')
        assert expiring["metric"]["name"] == "Short"
