"""The commands about calls that wait for a person."""

from typing import Final

import voluptuous as vol

from ..approvals.approvals import ApprovalOverError
from ..approvals.model import Answer
from ..keys.key_input import KeyInputError
from .commands import Request, command, not_allowed, not_found

_REQUEST: Final = "request"
_ANSWER: Final = "answer"


@command("approvals/subscribe")
async def subscribe(request: Request) -> None:
    """Send the calls that wait, now and after each change."""
    request.subscribe(request.panel.approvals.follow)


@command(
    "approvals/decide",
    {vol.Required(_REQUEST): str, vol.Required(_ANSWER): vol.In([item.value for item in Answer])},
)
async def decide(request: Request) -> None:
    """Answer calls that wait. The first answer counts."""
    user, answer = request.connection.user, Answer(request.data[_ANSWER])
    try:
        await request.bridge.approvals.decide(request.data[_REQUEST], answer, user.name or user.id)
    except ApprovalOverError as err:
        raise not_found("This request was already answered, or its time is over.") from err
    except KeyInputError as err:
        message = "The key has too many permanent approvals. Remove some in its permissions."
        raise not_allowed(message, "too_many_approvals") from err
    finally:
        request.panel.approvals.refresh()


COMMANDS: Final = (subscribe, decide)
