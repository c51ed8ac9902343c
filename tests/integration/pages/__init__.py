"""Home Assistant's own pages, and the sessions of browsers."""
