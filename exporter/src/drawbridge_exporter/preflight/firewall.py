"""Checks that ports which clients do not need are closed for the network in which preflight runs."""

import asyncio
from typing import Final

from .context import Context
from .given import Place
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Security"
_FLAG: Final = "--closed"
_MAX_SECONDS: Final = 5.0


async def firewall(context: Context) -> Verdict:
    """Check from this network that the ports are closed, and that the bridge's port is open."""
    places = context.plan.sources.closed
    if not places:
        return needs_person(
            "No port was given that should be closed for this network.",
            "Run again, from the network of the clients, with --closed HOST:PORT for each port that they do not need."
            " Or: check that only the networks that need Home Assistant's port can reach it.",
        )
    opened = await asyncio.gather(*(_is_open(context, place) for place in places))
    wrong = [f"{host}:{port}" for (host, port), is_open in zip(places, opened, strict=True) if is_open]
    if wrong:
        return failed(f"Open for this network: {', '.join(wrong)}.", "Close these ports in the firewall.")
    names = ", ".join(f"{host}:{port}" for host, port in places)
    return passed(f"This network reaches the bridge at port {context.plan.url.port}, and not {names}.")


async def _is_open(context: Context, place: Place) -> bool:
    """Return whether a connection to a port is accepted."""
    try:
        async with asyncio.timeout(min(context.plan.timeout, _MAX_SECONDS)):
            _, writer = await asyncio.open_connection(*place)
    except OSError:
        # A refusal, no route, or no answer.
        return False
    writer.close()
    return True


CHECKS: Final = (Check(_SECTION, "firewall", "Ports that clients do not need are closed", firewall, flag=_FLAG),)
