"""Operations called directly, as a transport other than HTTP calls them."""

import json
from datetime import timedelta
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.drawbridge.operations import events, history, logbook, services, states, templates
from custom_components.drawbridge.operations.caller import Caller
from custom_components.drawbridge.operations.history_states import HistoryQuery, read_states
from custom_components.drawbridge.operations.logbook import LogbookQuery
from custom_components.drawbridge.refusal import Refusal, RefusedError
from tests.integration.house import Bridge
from tests.integration.live.past import in_loop
from tests.integration.recording import wait_recording

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"
SERVICES = ["input_boolean.turn_on", "test.asked", "test.fail", "test.none", "test.quiet"]
ALL = ["read", "history", "control", "set_state", "fire_event", "template"]


@pytest.fixture
async def caller(bridge: Bridge) -> Caller:
    """Return a key for the living room, as operations see it."""
    await bridge.add_key("Room", areas=["living_room"], capabilities=ALL, services=SERVICES, events=["bell"])
    runtime = bridge.entry.runtime_data
    key = runtime.keys.get(bridge.key_id("Room"))
    assert key is not None
    return Caller.of(key, runtime.resources)


async def test_history_leaves_out_what_is_out_of_scope(caller: Caller) -> None:
    """History leaves out entities out of scope for any query."""
    now = dt_util.utcnow()
    query = HistoryQuery(now - timedelta(days=1), now + timedelta(hours=1), [BEDROOM, LIVING])
    found = json.loads(b"".join([piece async for piece in history.pieces(caller, query)]))
    assert {item["entity_id"] for listed in found for item in listed} == {LIVING}


@pytest.mark.parametrize("days", [1, 2])
async def test_history_leaves_out_what_left_the_scope_while_it_was_read(
    caller: Caller, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """Read at once, and day by day."""
    now, registry = dt_util.utcnow(), er.async_get(hass)
    hass.states.async_set(LIVING, "on", timestamp=(now - timedelta(hours=30)).timestamp())
    await wait_recording(hass)

    def moving(*arguments: Any) -> Any:
        found = read_states(*arguments)
        in_loop(hass, lambda: registry.async_update_entity(LIVING, area_id="bedroom"))
        return found

    monkeypatch.setattr(history, "read_states", moving)
    query = HistoryQuery(now - timedelta(days=days), now + timedelta(hours=1), [LIVING])
    assert b"".join([piece async for piece in history.pieces(caller, query)]) == b"[]"
    assert not caller.home.allows(LIVING)


@pytest.mark.parametrize(("entity_ids", "seen"), [([BEDROOM], set()), ([BEDROOM, LIVING], {LIVING})])
async def test_the_logbook_leaves_out_what_is_out_of_scope(
    caller: Caller, entity_ids: list[str], seen: set[str]
) -> None:
    """With nothing in scope, the logbook is empty instead of complete."""
    now = dt_util.utcnow()
    query = LogbookQuery(now - timedelta(days=1), now + timedelta(hours=1), entity_ids)
    found = json.loads(b"".join([piece async for piece in logbook.pieces(caller, query)]))
    assert {item["entity_id"] for item in found} == seen


async def test_a_target_beside_the_data(caller: Caller, hass: HomeAssistant) -> None:
    """Its fields replace those of the data, and are compared with the scope, as in Home Assistant."""
    target = {"entity_id": [LIVING]}
    data = {"entity_id": BEDROOM}
    result = await services.call(caller, "input_boolean", "turn_on", data, target=target, wants_response=False)
    assert len(result.changed) == 1
    assert result.response is None
    assert result.context.user_id
    assert [hass.states.get(item).state for item in (LIVING, BEDROOM)] == ["on", "off"]  # type: ignore[union-attr]
    assert caller.activity.target == f"input_boolean.turn_on on {LIVING}"
    assert caller.activity.reached == {LIVING}
    with pytest.raises(RefusedError) as refused:
        await services.call(
            caller, "input_boolean", "turn_on", target, target={"entity_id": [BEDROOM]}, wants_response=False
        )
    assert (refused.value.refusal, refused.value.reason) == (Refusal.SERVICE, Refusal.SERVICE_SCOPE)


def failing(error: Exception) -> Any:
    """Return a service that fails."""

    async def fail(_call: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (ServiceValidationError("no"), Refusal.BAD_REQUEST),
        (HomeAssistantError("no"), Refusal.FAILED),
        (vol.Invalid("no"), Refusal.BAD_REQUEST),
    ],
)
async def test_the_cause_is_home_assistants_own_exception(
    caller: Caller, hass: HomeAssistant, error: Exception, refusal: Refusal
) -> None:
    """The cause of a refusal is Home Assistant's own exception, whose translation key a transport may need."""
    hass.services.async_register("test", "fail", failing(error))
    with pytest.raises(RefusedError) as refused:
        await services.call(caller, "test", "fail", {"entity_id": LIVING}, wants_response=False)
    assert refused.value.refusal is refusal
    assert refused.value.__cause__ is error


@pytest.mark.parametrize("kind", [vol.Invalid, ServiceValidationError, HomeAssistantError])
async def test_the_message_of_an_error_has_no_links(kind: type[Exception], caller: Caller, hass: HomeAssistant) -> None:
    """The operation removes them, whatever a transport does with the message."""
    hass.services.async_register("test", "fail", failing(kind("no such page: page?authSig=0123456789")))
    with pytest.raises(RefusedError) as refused:
        await services.call(caller, "test", "fail", {"entity_id": LIVING}, wants_response=False)
    assert refused.value.message.endswith("no such page: **REDACTED**")


async def test_calls_that_home_assistant_would_not_make(caller: Caller, hass: HomeAssistant) -> None:
    """The cause is the exception that it would raise."""
    hass.services.async_register("test", "quiet", failing(AssertionError()))
    hass.services.async_register("test", "asked", failing(AssertionError()), supports_response=SupportsResponse.ONLY)
    for service, wants_response in (("none", False), ("quiet", True), ("asked", False)):
        with pytest.raises(RefusedError) as refused:
            await services.call(caller, "test", service, {"entity_id": LIVING}, wants_response=wants_response)
        with pytest.raises(ServiceValidationError) as own:
            await hass.services.async_call("test", service, blocking=True, return_response=wants_response)
        cause = refused.value.__cause__
        assert isinstance(cause, ServiceValidationError)
        assert type(cause) is type(own.value)
        assert isinstance(cause, ServiceNotFound) == (service == "none")
        assert (cause.translation_key, cause.translation_placeholders) == (
            own.value.translation_key,
            own.value.translation_placeholders,
        )


async def test_refusals_of_other_operations(caller: Caller) -> None:
    """A member of the enumeration, with the true reason where it is hidden."""
    hidden_from_templates = f"{{{{ states('{BEDROOM}') }}}}"
    calls = (
        (events.fire(caller, "ring", {}), Refusal.EVENT, Refusal.EVENT),
        (events.fire(caller, "bell", {"entity_id": BEDROOM}), Refusal.EVENT_SCOPE, Refusal.EVENT_SCOPE),
        (states.set_state(caller, BEDROOM, {"state": "on"}), Refusal.NOT_FOUND, Refusal.SCOPE),
        (states.remove_state(caller, BEDROOM), Refusal.NOT_FOUND, Refusal.SCOPE),
        (templates.render(caller, hidden_from_templates, None), Refusal.TEMPLATE_SCOPE, Refusal.TEMPLATE_SCOPE),
        (templates.render(caller, 5, None), Refusal.BAD_REQUEST, Refusal.BAD_REQUEST),
    )
    for call, told, true in calls:
        with pytest.raises(RefusedError) as refused:
            await call
        assert (refused.value.refusal, refused.value.reason) == (told, true)
    for entity_id, true in ((BEDROOM, Refusal.SCOPE), ("input_boolean.none", Refusal.SCOPE)):
        with pytest.raises(RefusedError) as refused:
            states.find(caller, entity_id)
        assert (refused.value.refusal, refused.value.reason) == (Refusal.NOT_FOUND, true)
    assert await templates.render(caller, f"{{{{ states('{LIVING}') }}}}", None) == "off"
    assert states.encoded(caller, states.find(caller, LIVING)).startswith(b'{"entity_id":"' + LIVING.encode())
