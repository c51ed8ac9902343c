"""Which events are Drawbridge's own: they tell of keys, so no key fires one or learns who listens to one."""

import re
from typing import Final

from ..const import DOMAIN

_OWN: Final = re.compile(rf"{DOMAIN}(?![a-z0-9])", re.IGNORECASE)


def is_own_event(kind: str) -> bool:
    """Tell whether an event type is Drawbridge's own, such as ``drawbridge_audit``, in any case."""
    return _OWN.match(kind) is not None
