"""Describes what a request was about, for the audit trail."""

from collections.abc import Callable
from typing import Final

from ..audit.subject import Subject, lacking, needed, ordered
from ..learning.lessons import Asked
from ..refusal import RefusedError
from .caller import Activity
from .declaration import Operation

_MAX_ID_CHARACTERS: Final = 255


def subject_of(
    operation: Operation, asked: Asked, activity: Activity, refused: RefusedError | None, allows: Callable[[str], bool]
) -> Subject:
    """Return the subject of a request of a key.

    Args:
        operation: The declaration of the operation.
        asked: What the request asked for.
        activity: What the operation recorded.
        refused: Why the request was refused, if it was.
        allows: Tells whether an entity is in the scope of the key.

    """
    decision = activity.refused
    entities = {item for item in asked.entities | activity.named if "." in item and len(item) <= _MAX_ID_CHARACTERS}
    services = asked.services | asked.refused_services
    return Subject(
        operation=operation.name,
        entities=ordered(entities, allows),
        action=activity.service or (next(iter(services)) if len(services) == 1 else None),
        event=asked.event,
        capability=needed(operation.capability, refused),
        lacking=lacking(refused, decision.lacks if decision is not None else None),
        rule=decision.rule if decision is not None and refused is not None else None,
    )
