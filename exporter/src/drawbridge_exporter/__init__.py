"""Prometheus exporter for Drawbridge, the scoped API keys of Home Assistant."""

from importlib.metadata import version
from typing import Final

__version__: Final = version("drawbridge-exporter")
