"""Commands about integrations that are not set up: everything that they could be about is missing."""

from tests.integration.house import Bridge
from tests.integration.live.client import live


async def test_lists(bridge: Bridge) -> None:
    """No list, no calendar, no weather, no camera."""
    async with live(bridge, await bridge.add_key(capabilities=["read", "control", "images"])) as client:
        assert (await client.error("todo/item/list", entity_id="todo.a"))["code"] == "not_found"
        assert (await client.error("todo/item/subscribe", entity_id="todo.a"))["code"] == "invalid_entity_id"
        assert (await client.error("todo/item/move", entity_id="todo.a", uid="1"))["code"] == "not_found"
        day = {"dtstart": "2026-12-01", "dtend": "2026-12-02"}
        for type_, fields in (
            ("subscribe", {"start": "2026-12-01 08:00", "end": "2026-12-02 08:00"}),
            ("create", {"event": {**day, "summary": "A"}}),
            ("update", {"event": {**day, "summary": "A"}, "uid": "1"}),
            ("delete", {"uid": "1"}),
        ):
            error = await client.error(f"calendar/event/{type_}", entity_id="calendar.a", **fields)
            assert error["code"] == "not_found", error
        error = await client.error("weather/subscribe_forecast", entity_id="weather.a", forecast_type="daily")
        assert error["code"] == "invalid_entity_id"
        error = await client.error("camera/capabilities", entity_id="camera.a")
        assert error == {"code": "home_assistant_error", "message": "Camera not found"}
        assert await client.result("frontend/get_themes") == {
            "themes": {},
            "default_theme": "default",
            "default_dark_theme": None,
        }
