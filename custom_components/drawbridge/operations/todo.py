"""To-do lists: reading, following and ordering items."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final

from homeassistant.util.json import JsonValueType

from ..keys import Capability
from ..states.state_json import redacted_json
from . import item_writes
from .caller import Caller
from .declaration import Operation
from .following import Current, Send, passes_on

LIST: Final = Operation("todo.read", Capability.READ, names=("entity_id",))
FOLLOW: Final = Operation("todo.follow", Capability.READ, names=("entity_id",))
MOVE: Final = Operation("todo.move_item", Capability.CONTROL, names=("entity_id",))

_TODO: Final = "todo"


def listed(caller: Caller, entity_id: str) -> JsonValueType:
    """Return the items of a to-do list. Raises ``RefusedError`` if it is not in scope."""
    entity = caller.home.find_entity(_TODO, entity_id, "Entity not found")
    items = [asdict(item, dict_factory=_as_texts) for item in entity.todo_items or []]
    return redacted_json(items, caller.redaction)


def find(caller: Caller, entity_id: str) -> Any:  # noqa: ANN401 - the class is of an integration that may not be set up
    """Return a to-do list for a subscription. Raises ``RefusedError`` if it is not in scope."""
    return caller.home.find_entity(_TODO, entity_id, f"To-do list entity not found: {entity_id}")


def follow(entity: Any, current: Current, send: Send) -> tuple[Callable[[], None], Callable[[], None]]:  # noqa: ANN401 - the same
    """Subscribe to the items of a to-do list.

    Returns:
        Two functions: one unsubscribes, the other sends the current items.

    """
    tell = passes_on(entity, current, send)

    def listener(items: Iterable[Any] | None) -> None:
        tell([{field.name: getattr(item, field.name) for field in fields(item)} for item in items or []])

    return entity.async_subscribe_updates(listener), lambda: listener(entity.todo_items)


async def move(caller: Caller, entity_id: str, uid: str, previous_uid: str | None) -> None:
    """Move an item after another or to the top, if the key may update items.

    Raises:
        RefusedError: The to-do list is not in scope, the key may not update items, the list does not support it, or it
            failed.

    """
    name = "todo.move_item"
    entity = item_writes.find(caller, _TODO, entity_id, name)
    item_writes.ensure_like_service(caller, "todo.update_item", {"entity_id": entity_id, "item": uid})
    from homeassistant.components.todo.const import TodoListEntityFeature  # noqa: PLC0415 - may not be set up

    feature = TodoListEntityFeature.MOVE_TODO_ITEM
    item_writes.ensure_supported(entity, feature, "To-do list does not support To-do item reordering")
    await item_writes.write(caller, name, entity.async_move_todo_item(uid=uid, previous_uid=previous_uid))


def _as_texts(members: Iterable[tuple[str, Any]]) -> dict[str, str]:
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in members
        if value is not None
    }
