"""Asks Prometheus about this bridge."""

from typing import Any, Final

from yarl import URL

from .context import Context
from .model import needs_person
from .others import other_json, silent

_SAME_START_SECONDS: Final = 0.01
NOT_GIVEN: Final = needs_person(
    "Prometheus was not checked because its URL was not given.", "Run again with --prometheus URL."
)


async def query_prometheus(context: Context, path: str, **query: str) -> Any:  # noqa: ANN401 - JSON
    """Return the data of a response of Prometheus's API. Raises ValueError for an error."""
    base = context.plan.prometheus or URL()
    url = (base / "api/v1" / path).with_query(query)
    found = await other_json(context, url, "Prometheus")
    if not isinstance(found, dict) or found.get("status") != "success":
        raise silent(context, url, f"{base} answered to {url.path}, but not as Prometheus does")
    return found["data"]


async def series_of_this_bridge(context: Context) -> tuple[list[tuple[str, str]], int]:
    """Return job and instance of this bridge in Prometheus, and the number of all bridges: its start identifies it."""
    started = (await context.snapshot()).started_at
    rows = (await query_prometheus(context, "query", query="drawbridge_start_time_seconds"))["result"]
    return [series(row) for row in rows if abs(float(row["value"][1]) - started) < _SAME_START_SECONDS], len(rows)


def series(row: dict[str, Any]) -> tuple[str, str]:
    """Return job and instance of a series."""
    return row["metric"].get("job", ""), row["metric"].get("instance", "")
