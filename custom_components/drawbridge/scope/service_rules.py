"""Decides which service calls a key may make."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, Literal

from .reviewed_services import GENERIC_SERVICES, REVIEWED
from .rule_texts import rule_text

ITEM_WRITES: Final = frozenset({"calendar.delete_event", "calendar.update_event"})
"""Writes for which Home Assistant has commands, but no services. Lists of services name them as if it had."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a call is allowed, the rule that decided, and what the key lacks."""

    allowed: bool
    rule: str
    lacks: Literal["service", "entity"] | None = None


def is_dangerous(domain: str, service: str) -> bool:
    """Tell whether a service must be listed by its exact name."""
    name = f"{domain}.{service}"
    return name not in REVIEWED and name not in GENERIC_SERVICES


def decide_service(domain: str, service: str, allowed: Collection[str]) -> Decision:
    """Decide whether a key may call a service.

    ``allowed`` holds ``domain.service``, ``domain.service.*`` and ``domain.*``. If it is empty, the reviewed
    entity services are allowed, because what they reach is checked against the scope.
    """
    name = f"{domain}.{service}"
    if name in allowed or all_fields(name) in allowed:
        return Decision(allowed=True, rule=rule_text("service_listed", service=name))
    if is_dangerous(domain, service):
        return Decision(allowed=False, rule=rule_text("service_exact", service=name), lacks="service")
    if f"{domain}.*" in allowed:
        return Decision(allowed=True, rule=rule_text("service_listed", service=f"{domain}.*"))
    if allowed:
        return Decision(allowed=False, rule=rule_text("service_not_listed", service=name), lacks="service")
    return Decision(allowed=True, rule=rule_text("services_allowed"))


def allows_item_write(name: str, allowed: Collection[str]) -> bool:
    """Tell whether a key may make one of ``ITEM_WRITES``: a list must have its exact name."""
    return not allowed or name in allowed


def all_fields(name: str) -> str:
    """Return the list entry for a service with all of its fields."""
    return f"{name}.*"


def is_opened(domain: str, service: str, allowed: Collection[str]) -> bool:
    """Tell whether a key may use a service beyond its reviewed fields.

    Listing a reviewed service by its exact name allows only the reviewed fields. A service that was not reviewed is
    listed by its exact name.
    """
    name = f"{domain}.{service}"
    return all_fields(name) in allowed or (name in allowed and is_dangerous(domain, service))


def decide_reach(
    domain: str,
    reached: Collection[str],
    in_scope: Callable[[str], bool],
    *,
    needs_target: bool,
) -> Decision:
    """Decide whether everything that a call reaches is in scope.

    A call that ``needs_target`` must reach an entity of its own domain, or any entity if the
    domain is ``homeassistant``.
    """
    outside = sorted(item for item in reached if not in_scope(item))
    if outside:
        return Decision(allowed=False, rule=rule_text("entity_outside", entity=outside[0]), lacks="entity")
    own = "" if domain == "homeassistant" else f"{domain}."
    if needs_target and not any(item.startswith(own) for item in reached):
        return Decision(allowed=False, rule=rule_text("no_entity"))
    return Decision(allowed=True, rule=rule_text("all_in_scope"))
