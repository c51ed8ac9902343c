"""Brings entries of earlier versions into the form of this one."""

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
    """Migrate an entry; tell whether it can be used now.

    1.1 to 1.2: keys and options are written out in full, with what holds where an earlier version knew no
    better. A later major version is refused, rather than opening what that version had closed.
    """
    if entry.version > VERSION:
        _LOGGER.error("The keys were made by a later version of Drawbridge; install that version again")
        return False
    if entry.version == VERSION and entry.minor_version < MINOR_VERSION:
        for subentry in entry.get_subentries_of_type(SUBENTRY_TYPE_API_KEY):
            # A damaged key stays as it is: closed, with a repair that names it.
            with suppress(DamagedValueError):
                key = ApiKey.from_mapping(subentry.subentry_id, subentry.title, subentry.data)
                hass.config_entries.async_update_subentry(entry, subentry, data=key.as_dict())
        options = Options.from_mapping(entry.options)
        hass.config_entries.async_update_entry(entry, options=options.as_dict(), minor_version=MINOR_VERSION)
    return True
