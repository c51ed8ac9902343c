"""Constants that several modules use."""

from typing import Final

DOMAIN: Final = "drawbridge"
BASE_PATH: Final = "/api/drawbridge"
SUBENTRY_TYPE_API_KEY: Final = "api_key"
