"""Counts and measures the requests that the exporter answers, by path."""

import bisect
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, override

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from ..metrics.build import PREFIX

_OTHER: Final = "other"
_BOUNDS: Final = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class OwnRequests(Collector):
    """The requests to the exporter. Paths that it does not serve count as ``other``, so that nobody can add series."""

    def __init__(self, paths: Sequence[str], prefix: str) -> None:
        """Create counters at 0 for ``paths``, which the exporter serves below ``prefix``."""
        self._prefix = prefix
        self._counts = Counter(dict.fromkeys(((path, 200) for path in paths), 0))
        self._durations = {path: [0] * (len(_BOUNDS) + 1) for path in (*paths, _OTHER)}
        self._seconds = dict.fromkeys((*paths, _OTHER), 0.0)

    def middleware(self) -> Any:  # noqa: ANN401 - aiohttp marks middlewares with an attribute
        """Return the middleware that counts. It has to be the outermost, so that refusals count too."""

        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            started = time.perf_counter()
            status = 500
            try:
                response = await handler(request)
                status = response.status
            except web.HTTPException as error:
                status = error.status
                raise
            finally:
                self._add(self._path(request), status, time.perf_counter() - started)
            return response

        return count

    def _path(self, request: web.Request) -> str:
        resource = request.match_info.route.resource
        path = "" if resource is None else resource.canonical.removeprefix(self._prefix)
        return path if path in self._durations else _OTHER

    def _add(self, path: str, status: int, seconds: float) -> None:
        self._counts[path, status] += 1
        self._durations[path][bisect.bisect_left(_BOUNDS, seconds)] += 1
        self._seconds[path] += seconds

    @override
    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        counts = CounterMetricFamily(
            PREFIX + "exporter_http_requests",
            "Requests that the exporter answered, by path and status.",
            labels=["path", "code"],
        )
        for (path, status), count in self._counts.items():
            counts.add_metric([path, str(status)], count)
        yield counts
        durations = HistogramMetricFamily(
            PREFIX + "exporter_http_request_duration_seconds",
            "Time in which the exporter answered requests, in seconds, by path.",
            labels=["path"],
        )
        bounds = [*map(floatToGoString, _BOUNDS), "+Inf"]
        for path, found in self._durations.items():
            buckets = list(zip(bounds, itertools.accumulate(map(float, found)), strict=True))
            durations.add_metric([path], buckets, self._seconds[path])
        yield durations
