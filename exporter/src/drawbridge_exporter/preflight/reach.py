"""The first check: whether the bridge can be reached with the key, and the cause if it cannot."""

import asyncio
import math
import time
from dataclasses import replace
from http import HTTPStatus
from typing import Final

import aiohttp

from ..bridge.client import is_health, root_of
from ..bridge.document import InvalidDocumentError, InvalidJSONError
from ..bridge.errors import FetchError, Reason, from_exception
from ..bridge.snapshot import Snapshot, parse_snapshot
from ..config.values import BRIDGE_PATH
from .context import Context, Reply, parse_me, problem, reason, retry_after
from .model import Check, Verdict, failed, passed

_WHERE: Final = "Settings > Devices & services > Drawbridge"
_MAX_WAIT_SECONDS: Final = 30.0
_REQUESTS: Final = 200
"""The requests with the key that a run sends before it tests the rate limit, rounded up."""
_REDIRECTS: Final = range(300, 400)
_GATEWAY_ERRORS: Final = frozenset({502, 503, 504})
_HEALTH: Final = f"{BRIDGE_PATH}/health".removeprefix("/")
_HOME_ASSISTANT: Final = b"Home Assistant"

_CONNECTION_FIXES: Final = {
    Reason.DNS: "Check the host name in --url and the DNS server of this machine.",
    Reason.REFUSED: "Check that Home Assistant is running, and the host and port in --url.",
    Reason.TLS: "Install a certificate for this host name with its full chain, or use --ca-file for a private CA."
    " If the port does not use TLS, use http:// in --url.",
    Reason.TIMEOUT: "Check the firewall between this machine and Home Assistant, and Home Assistant's load.",
}
_TLS_FIXES: Final = {
    "has expired": "Renew the certificate, and check why its automatic renewal failed. If it is valid, check the clock"
    " of this machine.",
    "not yet valid": "Check the clocks of this machine and of the one that issued the certificate.",
    "mismatch": "Use a name of the certificate in --url, or install a certificate for this name.",
    "WRONG_VERSION_NUMBER": "The port does not use TLS: use http:// in --url, or turn on TLS.",
}
"""By a part of what OpenSSL says."""
_KEY_FIXES: Final = {
    "key_unknown": f"The key is wrong or was removed. Create a key, or rotate it, in {_WHERE}.",
    "key_malformed": "The key arrives incomplete. Copy it again, or check for a proxy that changes the header.",
    "key_missing": "The key does not arrive. Check for a proxy that removes or replaces the Authorization header.",
    "key_ambiguous": "A proxy adds an Authorization header of its own. Remove it there.",
    "key_expired": f"The key has expired. Change its expiry, in {_WHERE}.",
    "key_disabled": f"The key is disabled. Enable it, in {_WHERE}.",
    "network": f"The key may not be used from this address. Add the network to the key, in {_WHERE}.",
}


async def reach(context: Context) -> Verdict:
    """Check that the bridge answers, that the key is valid, and that it can read the metrics."""
    try:
        return await _health(context) or await _lock_out(context) or await _key(context) or await _metrics(context)
    except (aiohttp.ClientError, TimeoutError) as error:
        return _no_connection(from_exception(error))
    except FetchError as error:
        return _no_connection(error)


def _no_connection(error: FetchError) -> Verdict:
    fix = _CONNECTION_FIXES.get(error.reason, "Check --url: its scheme, host and port.")
    if error.reason is Reason.TLS:
        fix = next((better for part, better in _TLS_FIXES.items() if part in str(error)), fix)
    return failed(f"No connection: {error}", fix)


async def _health(context: Context) -> Verdict | None:
    """Return why the bridge does not answer, or None if it does."""
    reply = await context.ask("/health", key=False)
    told = reply.json()
    if isinstance(told, dict) and "status" in told and reply.status in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}:
        if reply.status == HTTPStatus.OK:
            return None
        return failed(
            "Home Assistant is starting or stopping, or Drawbridge is not loaded: /health answered 503.",
            f"Wait until Home Assistant has started. If it has, open {_WHERE} and look for an error.",
        )
    if reply.status == HTTPStatus.NOT_FOUND and await _is_at_the_root(context):
        return None
    return await _not_the_bridge(context, reply)


async def _is_at_the_root(context: Context) -> bool:
    """Return whether the bridge is at the root of this address, as at its listener. Then all checks go there."""
    root = root_of(context.plan.url)
    reply = await context.ask_url(root / "health")
    if reply.status != HTTPStatus.OK or not is_health(reply.body):
        return False
    context.plan = replace(context.plan, url=root)
    return True


async def _not_the_bridge(context: Context, reply: Reply) -> Verdict:
    """Explain a response to /health that did not come from a bridge."""
    said = f"/health answered {reply.status}"
    if reply.status in _GATEWAY_ERRORS:
        return failed(
            f"{said}: the reverse proxy cannot reach Home Assistant.",
            "Check that Home Assistant is running, and the address of Home Assistant in the proxy's configuration.",
        )
    return await _wrong_path(context, said) or _refused_by_a_proxy(reply, said) or await _another_server(context, said)


async def _wrong_path(context: Context, said: str) -> Verdict | None:
    """Return the failure for the address of a page of Home Assistant, such as that of a dashboard."""
    origin = context.plan.url.origin()
    if context.plan.url.path == BRIDGE_PATH or not is_health((await context.ask_url(origin / _HEALTH)).body):
        return None
    return failed(f"{said}, but a bridge is at {origin}, without the path.", f"Use --url {origin}.")


def _refused_by_a_proxy(reply: Reply, said: str) -> Verdict | None:
    """Explain a refusal by a proxy, or by Home Assistant before the bridge sees the request."""
    if reply.status in _REDIRECTS:
        where = reply.headers.get("Location", "nowhere")
        return failed(
            f"{said}: it redirects to {where:.200}.",
            "Use the final address in --url. If that is not Home Assistant's, a sign-in page of the network or another"
            " server answers.",
        )
    if reply.status == HTTPStatus.BAD_REQUEST:
        return failed(
            f"{said}. Home Assistant answers 400 to every request of a reverse proxy that it does not trust.",
            "Set use_x_forwarded_for and trusted_proxies for the address of the proxy under http: in Home Assistant's"
            " configuration.yaml, and restart it. If the port uses TLS, use https:// in --url.",
        )
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return failed(
            f"{said}, but the bridge asks for no key there: a proxy in front of it asks for a password.",
            "Exempt /api/drawbridge from the authentication of the proxy; clients cannot send a second password.",
        )
    if reply.status == HTTPStatus.FORBIDDEN:
        return failed(
            f"{said}. Home Assistant or a proxy has banned the address of this machine.",
            "Remove the address from ip_bans.yaml in Home Assistant's configuration folder, and restart it.",
        )
    return None


async def _another_server(context: Context, said: str) -> Verdict:
    """Distinguish Home Assistant without Drawbridge from another server."""
    manifest = await context.ask_url(context.plan.url.origin() / "manifest.json")
    if manifest.status == HTTPStatus.OK and _HOME_ASSISTANT in manifest.body:
        return failed(
            f"{said}. Home Assistant is at this address, but Drawbridge is not set up.",
            "Install Drawbridge, restart Home Assistant, and add the integration in Settings > Devices & services.",
        )
    return failed(f"{said} with something else: another server is at this address.", "Check host and port in --url.")


async def _lock_out(context: Context) -> Verdict | None:
    """Return the failure for a locked-out address, unless the lock-out ends soon."""
    reply = await _asked_patiently(context, "/api/states", key=False)
    if reason(reply) != "locked_out":
        return None
    return failed(
        "This address is locked out, because too many wrong keys came from it.",
        f"Wait {retry_after(reply):.0f} seconds, and run again. If a proxy hides the addresses of clients, set"
        " use_x_forwarded_for and trusted_proxies in Home Assistant.",
    )


async def _key(context: Context) -> Verdict | None:
    """Return why the key is not accepted, or None if it is."""
    reply = await _asked_patiently(context, "/key")
    if reply.status == HTTPStatus.OK:
        return _unusable_key(context, reply)
    why = reason(reply)
    said = f"The bridge refused the key with {reply.status}: {problem(reply)}"
    if why in _KEY_FIXES:
        return failed(said, _KEY_FIXES[why])
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return failed(said, f"Wait {retry_after(reply):.0f} seconds, and run again. Use a key for preflight alone.")
    if reply.status == HTTPStatus.UNAUTHORIZED and not why:
        return failed(
            f"{said}. The answer is not the bridge's.", "Check for a proxy with authentication in front of the bridge."
        )
    return failed(said, "See Home Assistant's log.")


def _unusable_key(context: Context, reply: Reply) -> Verdict | None:
    """Return why the details of the key cannot be read, or why its limit is too low, or None."""
    try:
        me = parse_me(reply.body)
    except (InvalidJSONError, InvalidDocumentError) as error:
        return failed(
            f"/key answered 200, but not as a bridge does: {error}.",
            "Check for a proxy that answers instead of the bridge. Update the older of Drawbridge and the exporter.",
        )
    if me.per_minute is None or me.burst is None:
        return None
    minutes = context.plan.max_seconds / 60
    if me.burst + me.per_minute * minutes >= _REQUESTS:
        return None
    return failed(
        f"The key {me.name!r} may send {me.per_minute} requests a minute, which is too few for a run of"
        f" {context.plan.max_seconds:.0f} s.",
        f"Give preflight a key that may send {math.ceil(_REQUESTS / minutes)} a minute, or raise --max-seconds.",
    )


async def _asked_patiently(context: Context, path: str, *, key: bool = True) -> Reply:
    """Return the reply, and repeat a rate-limited request after a short waiting time."""
    reply = await context.ask(path, key=key)
    wait = retry_after(reply)
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS and wait <= _MAX_WAIT_SECONDS:
        await asyncio.sleep(wait)
        reply = await context.ask(path, key=key)
    return reply


async def _metrics(context: Context) -> Verdict:
    """Keep the first snapshot, which does not yet contain the traffic of this run."""
    reply = await context.ask("/metrics")
    if reply.status != HTTPStatus.OK:
        fix = f"Add the capability 'metrics' to the key, in {_WHERE}."
        return failed(f"/metrics answered {reply.status}: {problem(reply)}", fix)
    try:
        snapshot = parse_snapshot(reply.body)
    except (InvalidJSONError, InvalidDocumentError) as error:
        return failed(f"The metrics cannot be read: {error}.", "Update the older of Drawbridge and the exporter.")
    context.first = snapshot
    return passed(_describe(snapshot, reply.seconds))


def _describe(snapshot: Snapshot, seconds: float) -> str:
    hours = (time.time() - snapshot.started_at) / 3600
    return (
        f"Drawbridge {snapshot.bridge_version} in Home Assistant {snapshot.homeassistant_version} answers in"
        f" {seconds * 1000:.0f} ms, has been running for {hours:.1f} hours, and accepts the key."
    )


CHECKS: Final = (Check("Function", "reach", "The bridge can be reached with the key", reach),)
