"""The panel in Home Assistant's sidebar: its registration, and the commands that it uses."""
