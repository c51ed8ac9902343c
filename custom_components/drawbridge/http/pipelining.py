"""Shares the event loop with clients that send requests without waiting for the responses."""

from aiohttp import web


def is_pipelined(request: web.Request) -> bool:
    """Return whether the next request of the connection has already come.

    aiohttp handles it without letting anything else run, if nothing in the handler waits. Whoever sends thousands of
    requests at once would stop Home Assistant for seconds, so the handler must wait once in this case.
    """
    return bool(getattr(request.protocol, "_messages", None))
