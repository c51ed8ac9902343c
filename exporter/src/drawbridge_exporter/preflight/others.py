"""Asks servers besides the bridge, such as Prometheus. One that does not answer is one cause for all of its items."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from yarl import URL

from ..bridge.errors import Reason, from_exception
from .context import Context, Reply

_NOTHING: Final[Mapping[str, str]] = {}
_CAUSES: Final = {
    Reason.DNS: "its name cannot be resolved",
    Reason.REFUSED: "the connection was refused",
    Reason.TIMEOUT: "it did not respond in time",
    Reason.TLS: "TLS failed",
}


class OtherServerError(Exception):
    """A server cannot be asked. The message says why."""

    def __init__(self, message: str, *, is_known: bool = False) -> None:
        """Create an error. ``is_known`` is whether an item has already reported this server."""
        super().__init__(message)
        self.is_known = is_known


async def ask_other(context: Context, url: URL, headers: Mapping[str, str] = _NOTHING) -> Reply:
    """Return the response of a server. Once it has failed to respond, it is not asked again.

    Raises:
        OtherServerError: It cannot be reached.

    """
    origin = url.origin()
    if (known := context.silent.get(origin)) is not None:
        raise OtherServerError(known, is_known=True)
    try:
        return await context.ask_url(url, headers=headers)
    except (aiohttp.ClientError, TimeoutError) as error:
        found = from_exception(error)
        raise silent(context, url, f"{origin} cannot be reached: {_CAUSES.get(found.reason, str(found))}") from None


def silent(context: Context, url: URL, message: str) -> OtherServerError:
    """Return the error for a server, and remember it for the next request."""
    context.silent[url.origin()] = message
    return OtherServerError(message)


async def other_json(context: Context, url: URL, name: str, headers: Mapping[str, str] = _NOTHING) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of a server.

    Raises:
        OtherServerError: It cannot be reached, or responded with something else than JSON.
        ValueError: It responded with an error.

    """
    reply = await ask_other(context, url, headers)
    found = reply.json()
    if not isinstance(found, dict | list):
        raise silent(context, url, f"{url.origin()} answered {reply.status} to {url.path}, but not as {name} does")
    if reply.status != HTTPStatus.OK:
        message = f"{url.origin()} answered {reply.status} to {url.path}"
        raise ValueError(message)
    return found


async def other_samples(context: Context, url: URL) -> list[Sample]:
    """Return the samples of a metrics page.

    Raises:
        OtherServerError: It cannot be reached, or responded with something else than metrics.
        ValueError: It responded with an error.

    """
    reply = await ask_other(context, url)
    if reply.status != HTTPStatus.OK:
        message = f"{url} answered {reply.status}"
        raise ValueError(message)
    try:
        families = text_string_to_metric_families(reply.body.decode())
        return [sample for family in families for sample in family.samples]
    except ValueError:
        raise silent(context, url, f"{url} is not a metrics page") from None
