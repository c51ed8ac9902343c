"""Recorded requests of a key that a change would refuse, for forms."""

import time
from typing import Final

from ..bridge import Bridge
from ..keys import ApiKey
from ..policy_tests.replay import Outcome, ReplayedChange, replay

_MAX_NAMED: Final = 5


async def lost_requests(bridge: Bridge, before: ApiKey, after: ApiKey) -> dict[str, str] | None:
    """Return the placeholders that tell which recorded requests a change would refuse; ``None`` if there are none."""
    if (before.permissions, before.events) == (after.permissions, after.events):
        return None
    records = [record for _, record in bridge.audit.numbered() if record.key_id == before.id]
    found = await replay(bridge, records, before, after, time.time())
    if not found.refused + found.partly:
        return None
    lost = [change for change in found.changes if change.outcome is not Outcome.ALLOWED]
    return {
        "recorded": str(found.requests),
        "denied": str(found.refused),
        "less": str(found.partly),
        "lost": ", ".join(dict.fromkeys(_named(change) for change in lost[:_MAX_NAMED])),
    }


def _named(change: ReplayedChange) -> str:
    """Return what requests were about: the action, the event or the operation, and the first entity."""
    subject = change.subject
    what = subject.action or subject.event or subject.operation
    return f"`{what}`" if not subject.entities else f"`{what}` (`{subject.entities[0]}`)"
