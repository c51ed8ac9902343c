"""Config, options and subentry flows in Home Assistant's UI."""
