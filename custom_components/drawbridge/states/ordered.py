"""JSON encoding with a deterministic order."""

from typing import Any, Final

import orjson
from homeassistant.helpers.json import json_encoder_default

_OPTIONS: Final = orjson.OPT_NON_STR_KEYS
"""The options of Home Assistant's own encoder."""


def ordered_json(value: object) -> bytes:
    """Encode a value like Home Assistant does, but with sorted sets.

    The order of a set depends on its former members, which may be outside the scope. Raises ``TypeError``.
    """
    return orjson.dumps(value, option=_OPTIONS, default=_default)


def _default(item: object) -> Any:  # noqa: ANN401 - any JSON value
    return sorted(item, key=str) if isinstance(item, set) else json_encoder_default(item)
