"""What a request was about: the entities, the action or the event, and what the key lacked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from ..keys import Capability
from ..masking import mask
from ..refusal import Refusal, RefusedError

type Lack = Literal["capability", "entity", "service", "event"]

PERMISSION_REASONS: Final = frozenset({"capability", "scope", "service", "service_scope", "event", "template_scope"})
"""The reasons of refusals that depend on the permissions of the key."""

MAX_ENTITIES: Final = 20
_MAX_ENTITY_CHARACTERS: Final = 1000
"""The limit for all entity IDs of a subject together."""
_MAX_NAME_CHARACTERS: Final = 130
_MAX_RULE_CHARACTERS: Final = 300

_LACKS: Final[dict[Refusal, Lack]] = {
    Refusal.CAPABILITY: "capability",
    Refusal.SCOPE: "entity",
    Refusal.TEMPLATE_SCOPE: "entity",
    Refusal.EVENT_SCOPE: "entity",
    Refusal.EVENT: "event",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a request was about. Contains no secret, and is limited in size.

    Attributes:
        operation: The name of the operation, such as ``states.read``.
        entities: Up to 20 entity IDs. Those that the key lacked are first.
        more: The number of further entities.
        action: The action that it called, such as ``light.turn_on``.
        event: The type of the event that it fired.
        capability: The capability that it needs.
        lacking: What the key lacked.
        rule: The rule that refused it, if the scope or the list of actions did.

    """

    operation: str = ""
    entities: tuple[str, ...] = ()
    more: int = 0
    action: str | None = None
    event: str | None = None
    capability: str | None = None
    lacking: Lack | None = None
    rule: str | None = None

    def __post_init__(self) -> None:
        """Mask secrets in fields that clients control, and limit the size."""
        entities = bounded(map(mask, self.entities))
        object.__setattr__(self, "more", self.more + len(self.entities) - len(entities))
        object.__setattr__(self, "entities", entities)
        for name, limit in (
            ("action", _MAX_NAME_CHARACTERS),
            ("event", _MAX_NAME_CHARACTERS),
            ("rule", _MAX_RULE_CHARACTERS),
        ):
            if (text := getattr(self, name)) is not None:
                object.__setattr__(self, name, mask(text)[:limit])


def bounded(entities: Iterable[str]) -> tuple[str, ...]:
    """Return the first entity IDs, limited in number and in size."""
    kept: list[str] = []
    size = 0
    for item in entities:
        size += len(item)
        if len(kept) >= MAX_ENTITIES or size > _MAX_ENTITY_CHARACTERS:
            break
        kept.append(item)
    return tuple(kept)


def needed(capability: object, refused: RefusedError | None) -> str | None:
    """Return the capability that a request needed: the refused one, or that of its operation."""
    if refused is not None and refused.reason is Refusal.CAPABILITY:
        return str(refused.placeholders["capability"])
    return capability.value if isinstance(capability, Capability) else None


def lacking(refused: RefusedError | None, call_lacks: Lack | None) -> Lack | None:
    """Return what a refused request lacked. ``call_lacks`` is what the call of a service lacked."""
    if refused is None:
        return None
    if refused.reason in {Refusal.SERVICE, Refusal.SERVICE_SCOPE}:
        return call_lacks
    return _LACKS.get(refused.reason)


def ordered(entities: Iterable[str], allows: Callable[[str], bool]) -> tuple[str, ...]:
    """Return entity IDs in order, those out of scope first."""
    return tuple(sorted(entities, key=lambda item: (allows(item), item)))
