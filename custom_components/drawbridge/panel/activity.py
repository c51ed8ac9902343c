"""The commands about what keys did."""

from functools import partial
from typing import Final

import voluptuous as vol

from .commands import Request, command

MAX_LIMIT: Final = 1000
_LIMIT: Final = "limit"


@command("activity/subscribe", {vol.Optional(_LIMIT, default=200): vol.All(int, vol.Range(1, MAX_LIMIT))})
async def subscribe(request: Request) -> None:
    """Send the latest records, then new ones."""
    request.subscribe(partial(request.panel.activity.follow, limit=request.data[_LIMIT]))


COMMANDS: Final = (subscribe,)
