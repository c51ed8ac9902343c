"""Migrates config entries of earlier versions."""

from contextlib import suppress
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .const import SUBENTRY_TYPE_API_KEY
from .keys import ApiKey
from .log import get_logger
from .options import Options
from .values import DamagedValueError

_LOGGER = get_logger(__name__)

VERSION: Final = 1
MINOR_VERSION: Final = 2


def migrate(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Migrate an entry, and tell whether it can be used.

    1.1 to 1.2: writes keys and options in full, with defaults for fields that the earlier version did not have.
    An entry of a later major version is refused, because it may have restrictions that this version does not know.
    """
    if entry.version > VERSION:
        _LOGGER.error("The keys were made by a later version of Drawbridge; install that version again")
        return False
    if entry.version == VERSION and entry.minor_version < MINOR_VERSION:
        for subentry in entry.get_subentries_of_type(SUBENTRY_TYPE_API_KEY):
            # An invalid key is not changed. It stays disabled, with a repair issue.
            with suppress(DamagedValueError):
                key = ApiKey.from_mapping(subentry.subentry_id, subentry.title, subentry.data)
                hass.config_entries.async_update_subentry(entry, subentry, data=key.as_dict())
        options = Options.from_mapping(entry.options)
        hass.config_entries.async_update_entry(entry, options=options.as_dict(), minor_version=MINOR_VERSION)
    return True
