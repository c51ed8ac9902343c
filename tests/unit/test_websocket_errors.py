"""Errors of commands, as clients receive them."""

import pytest
from homeassistant.exceptions import HomeAssistantError

from custom_components.drawbridge.keys import generate
from custom_components.drawbridge.websocket.errors import CommandError, error_answer

LINK = "/api/camera_proxy/camera.door?authSig=eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "error",
    [
        HomeAssistantError(f"Nothing at {LINK}"),
        CommandError("failed", f"Nothing at {LINK}"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_links_that_open_something_are_not_sent(error: Exception) -> None:
    """A signed link in the text of an error is redacted; the rest is sent."""
    answer = error_answer({}, error)
    assert answer is not None
    assert "Nothing at " in answer.message
    assert "authSig" not in answer.message
    assert "eyJ" not in answer.message


def test_secrets_are_not_sent() -> None:
    """A key in the text of an error is masked."""
    secret = generate()
    answer = error_answer({}, HomeAssistantError(f"Nothing about {secret}"))
    assert answer is not None
    assert secret not in answer.message
