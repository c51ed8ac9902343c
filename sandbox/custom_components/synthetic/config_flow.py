"""The config flow: one form for the devices and the number of sensors."""

from typing import Any, override

import voluptuous as vol
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers.selector import (
    AreaSelector,
    AreaSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    TextSelector,
)

from .const import CONF_AREAS, CONF_CHANGES_PER_SECOND, CONF_DEVICES, CONF_SENSORS, CONF_TITLE, DOMAIN

_NUMBER = NumberSelector(NumberSelectorConfig(min=0, mode=NumberSelectorMode.BOX))
_FORM = vol.Schema(
    {
        vol.Required(CONF_TITLE): TextSelector(),
        vol.Required(CONF_DEVICES, default=[]): ObjectSelector(),
        vol.Required(CONF_SENSORS, default=0): _NUMBER,
        vol.Required(CONF_AREAS, default=[]): AreaSelector(AreaSelectorConfig(multiple=True)),
        vol.Required(CONF_CHANGES_PER_SECOND, default=0): _NUMBER,
    }
)


class SyntheticConfigFlow(ConfigFlow, domain=DOMAIN):
    """Creates an entry from one form."""

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        if user_input is None:
            return self.async_show_form(step_id="user", data_schema=_FORM)
        return self.async_create_entry(title=user_input[CONF_TITLE], data=user_input)
