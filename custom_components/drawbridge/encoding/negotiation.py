"""Content coding negotiation (RFC 9110, section 12.5.3)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

IDENTITY: Final = "identity"
_ALIASES: Final = {"x-gzip": "gzip", "x-deflate": "deflate"}
_MAX_LENGTH: Final = 512


@lru_cache(maxsize=256)
def choose(accepted: str | None, offered: Sequence[str]) -> str:
    """Return the content coding for an ``Accept-Encoding`` header.

    The client's weights decide; between equal weights, the order of ``offered``. A client that lists none of the
    codings gets ``identity``, even with ``*``, because it may not be able to decode another coding.
    """
    if not accepted or len(accepted) > _MAX_LENGTH:
        return IDENTITY
    weights = _weights(accepted)
    best, best_weight = IDENTITY, 0.0
    for coding in offered:
        weight = weights.get(coding, 0.0)
        if weight > best_weight:
            best, best_weight = coding, weight
    return IDENTITY if weights.get(IDENTITY, 0.0) > best_weight else best


def _weights(accepted: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for item in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        weights[_ALIASES.get(name, name)] = _weight(parameters)
    return weights


def _weight(parameters: Sequence[str]) -> float:
    """Return the weight; 1 if there is none, 0 if it is invalid."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0.0 <= weight <= 1.0 else 0.0
    return 1.0
