"""Snapshot documents as a bridge sends them."""

from typing import Any

KEY = "dbk_" + "A1b2C3d4E5" * 4 + "xyz" + "0Zz9Aa"
STARTED_AT = 1795350000.0
GENERATED_AT = 1795357330.1


def snapshot() -> dict[str, Any]:
    """Return a snapshot with a value in every place."""
    return {
        "schema": 1,
        "generated_at": GENERATED_AT,
        "bridge": {"version": "0.1.0", "started_at": STARTED_AT},
        "home_assistant": {"version": "2026.11.0", "running": True},
        "health": {
            "score": 98.2,
            "window_seconds": 300,
            "components": {
                "errors": {"score": 100.0, "value": 0.0, "weight": 0.4},
                "latency": {"score": 99.0, "value": 0.105, "weight": 0.3},
                "cache": {"score": 90.0, "value": 0.9, "weight": 0.15},
                "event_loop": {"score": None, "value": None, "weight": 0.15},
            },
        },
        "requests": [
            {"route": "/api/states", "method": "GET", "code": 200, "count": 12},
            {"route": "/api/states", "method": "GET", "code": 304, "count": 5},
            {"route": "/api/services/{domain}/{service}", "method": "POST", "code": 403, "count": 1},
        ],
        "duration_bounds": [0.005, 0.1, 1, 2.0],
        "durations": [{"route": "/api/states", "counts": [10, 4, 2, 0, 1], "sum": 3.25}],
        "response_bytes": [{"route": "/api/states", "bytes": 123456}],
        "cache": {
            "states": {
                "requests": 9,
                "hits": 8,
                "revalidations": 1,
                "invalidations": 3,
                "evictions": 0,
                "entries": 2,
                "bytes": 9999,
            },
        },
        "keys": [
            {
                "id": "01J0000000000000000000000A",
                "name": "Dashboard",
                "requests": 12,
                "last_used": 1795357000.0,
                "expires": None,
            },
            {
                "id": "01J0000000000000000000000B",
                "name": 'The "wall"\ndisplay',
                "requests": 0,
                "last_used": None,
                "expires": 1800000000.0,
            },
        ],
        "auth_failures": {"missing": 0, "malformed": 1, "unknown": 2},
        "denied": {"capability": 1, "scope": 2},
        "event_loop_lag": {"mean": 0.0004, "max": 0.01},
    }


def full_snapshot() -> dict[str, Any]:
    """Return a snapshot with the members that came after the first version."""
    document = snapshot()
    document["cache"]["services"] = document["cache"]["states"] | {
        "age": 61.5,
        "warm_seconds": 0.02,
        "enabled": True,
        "bypassed": 6,
    }
    document["durations"][0]["exemplars"] = [
        {
            "bucket": 1,
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "span_id": "b7ad6b7169203331",
            "seconds": 0.07,
            "time": 1795357000.5,
        }
    ]
    first, second = document["keys"]
    first |= {"created": 1790000000.0, "rotated": 1794000000.0, "denied": 3, "enabled": True, "new_networks": 2}
    second |= {"created": 1790000000.0, "rotated": None, "denied": 0, "enabled": False, "new_networks": 0}
    return document | {
        "rate_limited": [{"key": first["id"], "count": 7}],
        "lockouts": {"active": 1, "total": 4},
        "sending": {"answers": 2, "bytes": 70_000, "dropped": 3},
        "live": {
            "clients": {"websocket": 3, "stream": 0},
            "events": 1200,
            "conflated": 40,
            "dropped": 1,
            "pending_bytes": 4096,
            "commands": [
                {"type": "ping", "result": "success", "count": 7},
                {"type": "other", "result": "unknown_command", "count": 0},
            ],
            "delay_bounds": [0.001, 0.01, 1.0],
            "delays": {"counts": [2, 3, 0, 1], "sum": 1.5},
        },
        "doors": [
            {"door": "home_assistant", "requests": 30, "clients": 2},
            {"door": "listener", "requests": 12, "clients": 1},
        ],
        "listener": {
            "enabled": True,
            "running": True,
            "connections": 4,
            "dropped": 6,
            "certificate_ends": 4000000000.5,
        },
        "process": {
            "cpu_seconds": 12.5,
            "resident_bytes": 400_000_000,
            "threads": 31,
            "open_files": 90,
            "max_files": 1024,
            "sockets": 40,
            "collector": [
                {"generation": 0, "collections": 50, "seconds": 0.25},
                {"generation": 2, "collections": 1, "seconds": 0.5},
            ],
        },
        "audit": {"records": 9, "file": True, "dropped": {"scope": 5}},
        "settings": {
            "per_minute": 1000,
            "cache_enabled": True,
            "cache_ttl_states": 300.0,
            "cache_ttl_services": 600.0,
            "cache_ttl_config": 1800.0,
            "audit_days": 30,
        },
    }
