"""The health and the metrics of the bridge."""

import gc

from homeassistant.core import HomeAssistant

from tests.integration.house import Bridge

GZIP = {"Accept-Encoding": "gzip"}  # in which answers are prepared before anybody asks


async def test_health_without_a_key_says_no_more_than_ok(bridge: Bridge) -> None:
    """Without a key, the health is only `ok`."""
    answer = await bridge.get("/health")
    assert answer.status == 200
    assert await answer.read() == b'{"status":"ok"}'
    reader = await bridge.add_key(everything=True)
    assert await (await bridge.get("/health", reader)).json() == {"status": "ok"}


async def test_health_with_a_key_says_why(bridge: Bridge) -> None:
    """A key for metrics learns the score and its components."""
    health = await (await bridge.get("/health", await bridge.add_key(capabilities=["metrics"]))).json()
    assert 0 <= health["score"] <= 100
    assert set(health["components"]) == {"errors", "latency", "cache", "event_loop"}


async def test_the_snapshot_counts(bridge: Bridge, hass: HomeAssistant) -> None:
    """Requests by route, method and status; the cache; the keys; the refusals."""
    reader = await bridge.add_key(name="Reader", everything=True)
    metrics = await bridge.add_key(name="Prometheus", capabilities=["metrics"])
    await hass.async_block_till_done(wait_background_tasks=True)
    etag = (await bridge.get("/api/states", reader, headers=GZIP)).headers["ETag"]
    await bridge.get("/api/states", reader, headers=GZIP)
    await bridge.get("/api/states", reader, headers=GZIP | {"If-None-Match": etag})
    hass.states.async_set("sensor.outside", "9")
    await bridge.get("/api/states", reader, headers=GZIP)
    await bridge.get("/api/states/sensor.no_such_1", reader)
    await bridge.get("/api/states/sensor.no_such_2", reader)
    await bridge.get("/api/states")
    await bridge.get("/api/states", "dbk_broken")
    await bridge.get("/metrics", reader)
    await bridge.request("PROPFIND", "/nowhere", reader)
    snapshot = await (await bridge.get("/metrics", metrics)).json()

    assert snapshot["schema"] == 1
    counts = {(item["route"], item["method"], item["code"]): item["count"] for item in snapshot["requests"]}
    assert counts["/api/states", "GET", 200] == 3
    assert counts["/api/states", "GET", 304] == 1
    assert counts["/api/states", "GET", 401] == 2
    assert counts["/api/states/{entity_id}", "GET", 404] == 2
    assert counts["/metrics", "GET", 403] == 1
    assert counts["unmatched", "other", 405] == 1
    cache = snapshot["cache"]["states"]
    assert (cache["requests"], cache["hits"], cache["misses"], cache["revalidations"]) == (4, 4, 0, 1)
    assert cache["invalidations"] == 1
    assert cache["evictions"] == 0
    assert cache["entries"] == 1
    assert cache["age"] >= 0
    assert cache["warm_seconds"] > 0
    assert cache["bytes"] > 100
    assert {reason: count for reason, count in snapshot["auth_failures"].items() if count} == {
        "missing": 1,
        "malformed": 1,
    }
    assert {reason: count for reason, count in snapshot["denied"].items() if count} == {"capability": 1}
    assert {"unknown", "expired"} <= snapshot["auth_failures"].keys()
    assert {"scope", "network"} <= snapshot["denied"].keys()
    assert snapshot["audit"] == {"records": 3, "file": False, "dropped": {}}
    assert snapshot["settings"] == {
        "per_minute": 1000,
        "cache_enabled": True,
        "cache_ttl_states": 300,
        "cache_ttl_services": 600,
        "cache_ttl_config": 1800,
        "audit_days": 30,
    }
    assert snapshot["rate_limited"] == []
    assert snapshot["lockouts"] == {"active": 0, "total": 0}
    keys = {item["name"]: item for item in snapshot["keys"]}
    assert keys["Reader"]["requests"] == 8
    assert keys["Reader"]["last_used"] is not None
    durations = {item["route"]: item for item in snapshot["durations"]}
    assert sum(durations["/api/states"]["counts"]) == 6
    assert 2.0 in snapshot["duration_bounds"]
    sent = {item["route"]: item["bytes"] for item in snapshot["response_bytes"]}
    assert sent["/api/states"] > 300


async def test_the_process_is_measured(bridge: Bridge, hass: HomeAssistant) -> None:
    """The snapshot has what Home Assistant's process uses, read for this request."""
    metrics = await bridge.add_key(capabilities=["metrics"])
    process = (await (await bridge.get("/metrics", metrics)).json())["process"]
    assert process["cpu_seconds"] > 0
    assert process["resident_bytes"] > 50_000_000
    assert process["open_files"] > process["sockets"] >= 2, "at least this connection has two ends here"
    assert process["threads"] >= 1
    assert [item["generation"] for item in process["collector"]] == [0, 1, 2]
    await hass.config_entries.async_unload(bridge.entry.entry_id)
    names = [getattr(item, "__qualname__", "") for item in gc.callbacks]
    assert "CollectorPauses._called" not in names


async def test_no_secret_in_what_is_published(bridge: Bridge) -> None:
    """Neither a key nor its hash is in the snapshot."""
    key = await bridge.add_key(capabilities=["metrics"])
    text = await (await bridge.get("/metrics", key)).text()
    assert key not in text
    assert "digest" not in text
    assert "dbk_" not in text
