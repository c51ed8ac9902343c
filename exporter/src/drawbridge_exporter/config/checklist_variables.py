"""The variables of the production checklist that the exporter does not use, and where to set them instead."""

from collections.abc import Iterator, Mapping
from typing import Final

_DEVICES: Final = "Settings > Devices & services > Drawbridge"

ELSEWHERE: Final[Mapping[str, str]] = {
    "HA_API_KEY": "Drawbridge needs no token of Home Assistant. Set BRIDGE_API_KEY_FILE to a file with an API key of"
    " Drawbridge, and revoke the token.",
    "ENABLE_RATE_LIMITING": f"Set 'Requests per minute for each key' in {_DEVICES} > Configure; 0 turns it off.",
    "RATE_LIMIT_REQUESTS_PER_MINUTE": f"Set 'Requests per minute for each key' in {_DEVICES} > Configure.",
    "ENABLE_CORS": f"Set 'Allowed origins' in {_DEVICES} > Configure; no origin turns it off.",
    "CORS_ORIGINS": f"Set 'Allowed origins' in {_DEVICES} > Configure, or for one key in its settings.",
    "CACHE_ENABLED": f"Set 'Cache responses' in {_DEVICES} > Configure.",
    "CACHE_TTL_STATES": f"Set 'Refresh cached states after' in {_DEVICES} > Configure.",
    "CACHE_TTL_SERVICES": f"Set 'Refresh cached actions after' in {_DEVICES} > Configure.",
    "CACHE_TTL_CONFIG": f"Set 'Refresh the cached configuration after' in {_DEVICES} > Configure.",
}
"""The nine of the seventeen variables that the exporter does not use."""


def set_elsewhere(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a message for each variable that is set but that the exporter does not use."""
    for name, where in ELSEWHERE.items():
        if environ.get(name, "").strip():
            yield f"{name} has no effect on the exporter. {where}"
