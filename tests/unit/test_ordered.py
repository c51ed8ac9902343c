"""JSON with a fixed order, so that equal values have equal bytes."""

import json

from custom_components.drawbridge.states.ordered import ordered_json


def test_sets_are_sorted() -> None:
    """Sets are sorted, because their order depends on earlier contents."""
    names = [f"light.n{number:03}" for number in range(200)]
    grown = {f"hidden_{number}" for number in range(5000)}.union(names)
    grown -= {item for item in grown if item.startswith("hidden")}
    for found in (set(names), grown):
        assert json.loads(ordered_json({"found": found})) == {"found": names}
