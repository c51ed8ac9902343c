"""Many homes as one server: each has a path of its own, and some accept a request without answering it.

    python -m benchmarks.fleet_bridges --keys 2 --routes 20

It prints its URL. The home with the path /home-3 is up, and that with the path /hang-3 hangs.
"""

import asyncio
import json
import time
from argparse import ArgumentParser
from typing import Any, Final

from aiohttp import web

from tests.exporter.documents import KEY, full_snapshot

_PATHS: Final = "/{kind:home|hang}-{number}/api/drawbridge/metrics"
_BOUNDS: Final = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0]


def document(keys: int, routes: int) -> dict[str, Any]:
    """Return the snapshot of a home with this many keys and routes in use."""
    found = full_snapshot()
    found["keys"] = [found["keys"][0] | {"id": f"01J{number:023}", "name": f"Key {number}"} for number in range(keys)]
    found["rate_limited"] = []
    names = [f"/api/route/{number}" for number in range(routes)]
    codes = (200, 304, 403)
    found["requests"] = [
        {"route": name, "method": "GET", "code": code, "count": 12345} for name in names for code in codes
    ]
    found["duration_bounds"] = _BOUNDS
    counts = [1000] * (len(_BOUNDS) + 1)
    found["durations"] = [{"route": name, "counts": counts, "sum": 345.6} for name in names]
    found["response_bytes"] = [{"route": name, "bytes": 123456789} for name in names]
    return found


class Homes:
    """Answers for all homes."""

    def __init__(self, body: dict[str, Any]) -> None:
        """Answer with a snapshot whose clock is right within a second."""
        self._document = body
        self._body, self._at = b"", 0.0

    async def metrics(self, request: web.Request) -> web.Response:
        """Answer, or hang."""
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.Response(status=401)
        if request.match_info["kind"] == "hang":
            await asyncio.Event().wait()
        if time.time() - self._at > 1:
            self._at = time.time()
            self._body = json.dumps(self._document | {"generated_at": self._at}).encode()
        return web.Response(body=self._body, content_type="application/json")


async def serve(keys: int, routes: int) -> None:
    """Serve until the process is ended."""
    application = web.Application()
    application.router.add_get(_PATHS, Homes(document(keys, routes)).metrics)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=2)
    parser.add_argument("--routes", type=int, default=20)
    options = parser.parse_args()
    asyncio.run(serve(options.keys, options.routes))
