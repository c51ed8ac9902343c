"""The dashboards: that of one home, and that of all homes."""

from typing import Final

from exporter.dashboards.source.doors import DOORS
from exporter.dashboards.source.fleet import FLEET_ROWS, JOBS, of_jobs
from exporter.dashboards.source.live import LIVE
from exporter.dashboards.source.model import SELECTOR, Board, Variable, value_of
from exporter.dashboards.source.process import PROCESS
from exporter.dashboards.source.safety import EXPORTER, KEYS, SECURITY
from exporter.dashboards.source.traffic import CACHE, OVERVIEW, TRAFFIC

HOME_BOARD: Final = Board(
    "Drawbridge",
    "drawbridge",
    "Scoped API keys for Home Assistant: health, traffic, live connections, doors, cache, keys, refusals, Home"
    " Assistant's process, and the exporter.",
    Variable("instance", "Bridge", f"label_values(drawbridge_up{SELECTOR}, instance)"),
    f"changes({value_of('start_time_seconds')}[$__interval]) > 0",
    (OVERVIEW, TRAFFIC, LIVE, DOORS, CACHE, KEYS, SECURITY, PROCESS, EXPORTER),
)

FLEET_BOARD: Final = Board(
    "Drawbridge fleet",
    "drawbridge-fleet",
    "All homes with Drawbridge: the worst ones first, versions, keys that expire, doors, and the exporters' load.",
    JOBS,
    f"sum by (job) (changes({of_jobs('start_time_seconds')}[$__interval])) > 0",
    FLEET_ROWS,
)

BOARDS: Final = (HOME_BOARD, FLEET_BOARD)
