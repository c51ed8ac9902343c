"""JSON whose bytes depend on nothing but what it says."""

from typing import Any, Final

import orjson
from homeassistant.helpers.json import json_encoder_default

_OPTIONS: Final = orjson.OPT_NON_STR_KEYS
"""Those of Home Assistant's own encoder."""


def ordered_json(value: object) -> bytes:
    """Encode a value as Home Assistant does, but sets in the order of their members.

    The order of a set depends on what else was in it, which may be out of scope. Raises ``TypeError``.
    """
    return orjson.dumps(value, option=_OPTIONS, default=_default)


def _default(item: object) -> Any:  # noqa: ANN401 - any JSON value
    return sorted(item, key=str) if isinstance(item, set) else json_encoder_default(item)
