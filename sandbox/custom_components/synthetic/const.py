"""Constants of the integration."""

from typing import Final

DOMAIN: Final = "synthetic"

CONF_TITLE: Final = "title"
CONF_DEVICES: Final = "devices"
CONF_SENSORS: Final = "sensors"
CONF_AREAS: Final = "areas"
CONF_CHANGES_PER_SECOND: Final = "changes_per_second"

SERVICE_CHURN: Final = "churn"
