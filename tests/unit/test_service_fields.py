"""The types of fields of reviewed services."""

import pytest

from custom_components.drawbridge.scope.media import MediaRules
from custom_components.drawbridge.scope.service_fields import Surroundings, text

AROUND = Surroundings({"light.porch"}.__contains__, [], MediaRules(lambda _: False))


@pytest.mark.parametrize("value", ["www.example.com", "1.2.3.4", "Hello", "light.porch is on", 5, None])
def test_a_text(value: object) -> None:
    """Names of hosts, numbers, and entities in scope."""
    assert text(value, AROUND)


@pytest.mark.parametrize(
    "value",
    [
        "light.hidden", "Light.Hidden", "light%2Ehidden", "x.light.hidden", "states.light.hidden", "none.at_all",
        "see www.example.com", "light.hidden.x", "f" * 32, "f" * 32 + ".b.c", ["www.example.com"], "x" * 5000,
    ],
)  # fmt: skip
def test_no_text(value: object) -> None:
    """What could name something out of scope, whether it exists or not."""
    assert not text(value, AROUND)
