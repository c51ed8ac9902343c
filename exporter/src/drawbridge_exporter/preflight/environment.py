"""Compares the settings of the bridge with those that an environment file asks for."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from yarl import URL

from .context import Context
from .model import Check, Verdict, failed, needs_person, passed

_SECTION: Final = "Infrastructure"
_FLAG: Final = "--env-file"
_TTLS: Final[Mapping[str, tuple[str, float]]] = {
    "CACHE_TTL_STATES": ("cache_ttl_states", 300.0),
    "CACHE_TTL_SERVICES": ("cache_ttl_services", 600.0),
    "CACHE_TTL_CONFIG": ("cache_ttl_config", 1800.0),
}
"""The setting of each variable, and the value of the production checklist."""
_EXPORTER: Final = frozenset(
    {
        "HA_BASE_URL", "BRIDGE_API_KEY", "BRIDGE_LOG_LEVEL", "CONNECTION_POOL_SIZE", "REQUEST_TIMEOUT",
        "ENABLE_METRICS", "METRICS_PORT", "ENABLE_HEALTH_CHECKS",
    }
)  # fmt: skip
"""The variables that the exporter itself validates."""
_TRUE: Final = frozenset({"true", "yes", "on", "1"})
_WHERE: Final = "Settings > Devices & services > Drawbridge"


async def environment(context: Context) -> Verdict:
    """Check that the variables of the production checklist have the effect that they name."""
    variables = context.plan.sources.variables
    if not variables:
        return needs_person(
            "No environment file was given.",
            f"Run again with {_FLAG} FILE. Or: compare your environment with docs/environment-variables.md.",
        )
    settings = (await context.raw_snapshot()).get("settings")
    if not isinstance(settings, dict):
        return needs_person("The bridge does not report its settings.", "Update Drawbridge.")
    wrong = [*_wrong_settings(variables, settings), *[fault async for fault in _wrong_origins(context, variables)]]
    if "HA_BASE_URL" in variables and URL(variables["HA_BASE_URL"]).origin() != context.plan.url.origin():
        wrong.append(f"HA_BASE_URL is {variables['HA_BASE_URL']}, but --url is {context.plan.url.origin()}")
    if variables.get("HA_API_KEY"):
        wrong.append("HA_API_KEY is set, but nothing needs a token of Home Assistant: revoke it")
    if wrong:
        return failed(f"{'; '.join(wrong)}.", f"Change the setting in {_WHERE}, or the file.")
    known = variables.keys() & (_TTLS.keys() | _EXPORTER | _OTHERS)
    return passed(f"{len(known)} variables of the checklist are set as they are in the bridge and the exporter.")


_OTHERS: Final = frozenset(
    {"ENABLE_RATE_LIMITING", "RATE_LIMIT_REQUESTS_PER_MINUTE", "ENABLE_CORS", "CORS_ORIGINS", "CACHE_ENABLED"}
)


def _is_on(text: str) -> bool:
    return text.lower() in _TRUE


def _wrong_settings(variables: Mapping[str, str], settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs between the variables and the settings of the bridge."""
    per_minute = settings["per_minute"]
    limiting, limit = variables.get("ENABLE_RATE_LIMITING"), variables.get("RATE_LIMIT_REQUESTS_PER_MINUTE")
    if limiting is not None and _is_on(limiting) != (per_minute > 0):
        yield f"ENABLE_RATE_LIMITING is {limiting}, but the limit is {per_minute} a minute"
    if limit is not None and float(limit) != per_minute:
        yield f"RATE_LIMIT_REQUESTS_PER_MINUTE is {limit}, but the limit is {per_minute}"
    caching = variables.get("CACHE_ENABLED")
    if caching is not None and _is_on(caching) != settings["cache_enabled"]:
        yield f"CACHE_ENABLED is {caching}, but the cache is {'on' if settings['cache_enabled'] else 'off'}"
    for name, (setting, _) in _TTLS.items():
        if name in variables and float(variables[name]) != settings[setting]:
            yield f"{name} is {variables[name]}, but the bridge has {settings[setting]:g}"


async def _wrong_origins(context: Context, variables: Mapping[str, str]) -> Any:  # noqa: ANN401 - a generator
    """Yield the origins that CORS should allow but does not."""
    if not _is_on(variables.get("ENABLE_CORS", "true")):
        return
    for origin in filter(None, map(str.strip, variables.get("CORS_ORIGINS", "").split(","))):
        headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        reply = await context.ask("/api/states", method="OPTIONS", key=False, headers=headers)
        if reply.headers.get("Access-Control-Allow-Origin") != origin or reply.status >= HTTPStatus.BAD_REQUEST:
            yield f"CORS_ORIGINS has {origin}, but CORS does not allow it"


async def cache_settings(context: Context) -> Verdict:
    """Check that the TTLs of the caches are those of the file, or of the production checklist."""
    settings = (await context.raw_snapshot()).get("settings")
    if not isinstance(settings, dict):
        return needs_person("The bridge does not report its settings.", "Update Drawbridge.")
    variables, wrong, told = context.plan.sources.variables, [], []
    for name, (setting, default) in _TTLS.items():
        wanted = float(variables.get(name, default))
        told.append(f"{setting.removeprefix('cache_ttl_')} {settings[setting]:g} s")
        if settings[setting] != wanted:
            wrong.append(f"{setting.removeprefix('cache_ttl_')} {settings[setting]:g} s instead of {wanted:g} s")
    if wrong:
        return needs_person(
            f"The TTLs of the cache differ: {', '.join(wrong)}.",
            f"Change them in {_WHERE} > Configure, or put the intended values into a file for {_FLAG}.",
        )
    return passed(f"The TTLs of the cache are as wanted: {', '.join(told)}.")


CHECKS: Final = (
    Check(_SECTION, "environment", "The variables of the checklist have their effect", environment, flag=_FLAG),
    Check("Function", "cache-settings", "The cache is set as wanted", cache_settings),
)
