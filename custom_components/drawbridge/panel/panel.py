"""The parts of the panel that exist as long as the config entry is loaded."""

from collections.abc import Callable

from ..bridge import Bridge
from .activity_feed import ActivityFeed
from .approval_feed import ApprovalFeed
from .key_feed import KeyFeed
from .sizes import ScopeSizes
from .undo import Undos


class Panel:
    """The parts of the panel."""

    def __init__(self, bridge: Bridge) -> None:
        """Create the parts for a bridge."""
        self.bridge = bridge
        self.undos = Undos(bridge.hass.loop)
        self.sizes = ScopeSizes(bridge)
        self.keys = KeyFeed(bridge, self.sizes)
        self.activity = ActivityFeed(bridge)
        self.approvals = ApprovalFeed(bridge)

    def start(self) -> Callable[[], None]:
        """Start the parts. Returns a function that stops them."""
        stops = (self.keys.start(), self.activity.start(), self.approvals.start(), self.undos.clear)

        def stop() -> None:
            for item in stops:
                item()

        return stop
