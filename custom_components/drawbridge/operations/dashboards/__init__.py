"""Home Assistant's dashboards that a key names, without what is out of scope."""

from .operations import CONFIG, LIST, chosen, config, known, listed, panels, start_page

__all__ = ["CONFIG", "LIST", "chosen", "config", "known", "listed", "panels", "start_page"]
