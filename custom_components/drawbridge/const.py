"""Names that more than one module of the integration needs."""

from typing import Final

DOMAIN: Final = "drawbridge"
BASE_PATH: Final = "/api/drawbridge"
SUBENTRY_TYPE_API_KEY: Final = "api_key"
