"""Which service calls a key may make."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

GENERIC_ENTITY_SERVICES: Final = frozenset(
    {
        "homeassistant.toggle",
        "homeassistant.turn_off",
        "homeassistant.turn_on",
        "homeassistant.update_entity",
    }
)
"""Services of no domain of their own that only act on the entities they are given."""

_DANGEROUS_DOMAINS: Final = frozenset(
    {
        "assist_satellite",
        "automation",
        "backup",
        "cloud",
        "command_line",
        "conversation",
        "downloader",
        "drawbridge",
        "ffmpeg",
        "frontend",
        "hassio",
        "homeassistant",
        "logger",
        "lovelace",
        "mqtt",
        "profiler",
        "pyscript",
        "python_script",
        "recorder",
        "rest_command",
        "shell_command",
        "system_log",
        "update",
        "zha",
        "zwave_js",
    }
)
"""Their services restart, run code, administer, or reach further than their data tells."""

_DANGEROUS_SERVICES: Final = frozenset(
    {"reload", "reload_all", "remove", "restart", "set_credential", "clear_credential"}
)
"""Of any domain: they change the installation, not the home."""

_DANGEROUS_NAMES: Final = frozenset({"camera.record", "camera.snapshot", "image.snapshot"})
"""They write files."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed, and the rule that says so."""

    allowed: bool
    rule: str


def is_dangerous(domain: str, service: str) -> bool:
    """Tell whether a service may be called only where it is listed by its exact name."""
    if f"{domain}.{service}" in GENERIC_ENTITY_SERVICES:
        return False
    return domain in _DANGEROUS_DOMAINS or service in _DANGEROUS_SERVICES or f"{domain}.{service}" in _DANGEROUS_NAMES


def decide_service(domain: str, service: str, allowed: Collection[str], *, of_entities: bool) -> Decision:
    """Decide whether a key may call a service at all.

    ``allowed`` holds ``domain.service`` and ``domain.*``. While it is empty, the services
    ``of_entities`` are allowed, since the entities they reach are held against the scope.
    """
    name = f"{domain}.{service}"
    if name in allowed:
        return Decision(allowed=True, rule=f"service {name} is listed")
    if is_dangerous(domain, service):
        return Decision(allowed=False, rule=f"service {name} must be listed by its exact name")
    if f"{domain}.*" in allowed:
        return Decision(allowed=True, rule=f"service {domain}.* is listed")
    if allowed:
        return Decision(allowed=False, rule=f"service {name} is not listed")
    if of_entities or name in GENERIC_ENTITY_SERVICES:
        return Decision(allowed=True, rule="services of entities are allowed")
    return Decision(allowed=False, rule=f"service {name} is no service of an entity")


def decide_reach(
    domain: str,
    reached: Collection[str],
    in_scope: Callable[[str], bool],
    *,
    needs_target: bool,
) -> Decision:
    """Decide whether everything that a call reaches is in scope.

    A call that ``needs_target`` must reach an entity of its own domain, or any where the
    domain is ``homeassistant``.
    """
    outside = sorted(item for item in reached if not in_scope(item))
    if outside:
        return Decision(allowed=False, rule=f"entity {outside[0]} is not in scope")
    own = "" if domain == "homeassistant" else f"{domain}."
    if needs_target and not any(item.startswith(own) for item in reached):
        return Decision(allowed=False, rule="the call reaches no entity of its domain")
    return Decision(allowed=True, rule="every entity that the call reaches is in scope")
