"""Templates of an attacker."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.template import Template
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.drawbridge.operations.templates import async_get_renderer
from custom_components.drawbridge.operations.templates.budget import Budget
from custom_components.drawbridge.operations.templates.environment import KeyEnvironment
from tests.integration.house import Bridge
from tests.integration.mirror.sides import content

LIVING = "input_boolean.living_room_lamp"
BEDROOM = "input_boolean.bedroom_lamp"


@pytest.fixture
async def room(bridge: Bridge) -> str:
    """Return the secret of a key that renders templates about the living room."""
    capabilities = ["template", "location", "images"]
    return await bridge.add_key("Room", areas=["living_room"], capabilities=capabilities, limits={"per_minute": 0})


@pytest.fixture
async def whole(bridge: Bridge) -> str:
    """Return the secret of a key that renders templates about everything."""
    return await bridge.add_key("Whole", everything=True, capabilities=["template"], limits={"per_minute": 0})


async def rendered(bridge: Bridge, key: str, template: str, **variables: Any) -> tuple[int, Any]:
    """Render a template; return the status and what came back."""
    answer = await bridge.post("/api/template", key, json={"template": template, "variables": variables})
    return answer.status, await content(answer)


IN_ROOM = {
    f"{{{{ states('{LIVING}') }}}}": b"off",
    f"{{{{ states.{LIVING}.state }}}} {{{{ is_state('{LIVING}', 'off') }}}}": b"off True",
    f"{{{{ expand('{LIVING}') | map(attribute='entity_id') | list }}}}": f"['{LIVING}']".encode(),
    f"{{{{ area_name('{LIVING}') }}}} {{{{ area_id('{LIVING}') }}}}": b"Living Room living_room",
    "{{ area_entities('living_room') | count }}": b"4",
    "{{ integration_entities('input_boolean') }}": f"['{LIVING}']".encode(),
    "{{ 6 * 7 }}": b"42",
}


async def test_the_room_is_whole(bridge: Bridge, room: str) -> None:
    """A narrow key gets what Home Assistant itself renders, of its room."""
    for template, expected in IN_ROOM.items():
        assert await rendered(bridge, room, template) == (200, expected)


async def test_fields_of_a_device(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """A narrow key gets the fields of a device that are in its list of devices. Others are like missing ones."""
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    devices = dr.async_get(hass)
    hub = devices.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "hub")})
    device = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "lamp")}, connections={("mac", "12:34:56:ab:cd:ef")},
        name="Lamp", model="L1", serial_number="123", configuration_url="http://lamp.local/",
    )  # fmt: skip
    devices.async_update_device(device.id, via_device_id=hub.id)
    er.async_get(hass).async_update_entity(LIVING, device_id=device.id, area_id="living_room")
    assert await rendered(bridge, room, f"{{{{ device_attr('{LIVING}', 'name') }}}}") == (200, b"Lamp")
    assert await rendered(bridge, room, f"{{{{ is_device_attr('{LIVING}', 'model', 'L1') }}}}") == (200, b"True")
    for name in ("via_device_id", "connections", "identifiers", "serial_number", "configuration_url", "dict_repr"):
        assert await rendered(bridge, room, f"{{{{ device_attr('{LIVING}', '{name}') }}}}") == (200, b"None"), name
        assert await rendered(bridge, room, f"{{{{ is_device_attr('{LIVING}', '{name}', none) }}}}") == (200, b"True")


OUT_OF_SCOPE = (
    "{{ states('ID') }}", "{{ states.ID }}", "{{ states.ID.state }}", "{{ states['ID'].attributes }}",
    "{{ states.ID is none }}", "{{ 1 if states.ID else 2 }}", "{{ states.ID.entity_id }}", "{{ states('ID'.upper()) }}",
    "{{ is_state('ID', 'on') }}", "{{ 'ID' is is_state('on') }}", "{{ ['ID'] | select('is_state', 'on') | list }}",
    "{{ state_attr('ID', 'x') }}", "{{ is_state_attr('ID', 'x', 1) }}", "{{ has_value('ID') }}", "{{ 'ID' | states }}",
    "{{ ['ID'] | map('states') | list }}", "{{ ['ID'] | map('has_value') | list }}", "{{ 'ID' is has_value }}",
    "{{ state_translated('ID') }}", "{{ state_attr_translated('ID', 'x') }}", "{{ expand('ID') }}",
    "{{ expand(['ID']) }}", "{{ expand([['ID']]) | list }}", "{{ distance('ID') }}", "{{ closest('ID') }}",
    "{{ area_id('ID') }}", "{{ area_name('ID') }}", "{{ device_id('ID') }}", "{{ device_attr('ID', 'name') }}",
    "{{ entity_name('ID') }}", "{{ is_hidden_entity('ID') }}", "{{ labels('ID') }}", "{{ floor_id('ID') }}",
    "{{ config_entry_id('ID') }}", "{{ is_device_attr('ID', 'a', 1) }}", "{% set s = states %}{{ s('ID') }}",
    "{% set f = state_attr %}{{ f('ID', 'x') }}", "{{ states['input_boolean']['bedroom_lamp'] }}",
    "{{ states | attr('input_boolean') | attr('bedroom_lamp') }}", "{{ (states)('ID') }}",
    "{% for d in ['input_boolean'] %}{{ states[d].bedroom_lamp.state }}{% endfor %}",
    "{% macro m(f) %}{{ f('ID') }}{% endmacro %}{{ m(states) }}", "{{ states(e) }}", "{{ states[e] }}",
    "{{ [states] | map(attribute=e) | list }}", "{{ [states] | map(attribute='ID') | list }}",
)  # fmt: skip


async def test_out_of_scope(bridge: Bridge, room: str) -> None:
    """Templates with entities out of scope are refused with the same message, whether the entity exists or not."""
    for template in OUT_OF_SCOPE:
        answers = []
        for entity_id in (BEDROOM, "input_boolean.no_such"):
            written = template.replace("ID", entity_id).replace("bedroom_lamp", entity_id.partition(".")[2])
            status, heard = await rendered(bridge, room, written, e=entity_id)
            assert status in {400, 403}, written
            assert entity_id not in heard["message"]
            answers.append((status, heard))
        assert answers[0] == answers[1], template


WHOLE_HOUSE = (
    "{{ states | list }}", "{{ states | count }}", "{% for s in states %}{{ s.entity_id }}{% endfor %}",
    "{{ states | map(attribute='entity_id') | join }}", "{{ states.input_boolean | list }}",
    "{{ states.input_boolean | count }}", "{{ states.vacuum | list }}", "{{ states.input_boolean | first }}",
    "{% for s in states.sensor %}{{ s }}{% endfor %}", "{{ expand(states) }}", "{{ expand(states.sensor) }}",
    "{{ closest(states) }}", "{{ areas() }}", "{{ floors() }}", "{{ labels() }}", "{{ issues() }}",
    "{{ area_entities('bedroom') }}", "{{ area_entities('Bedroom') }}", "{{ area_entities('no_such') }}",
    "{{ integration_entities('no_such') }}", "{{ area_id('Bedroom') }}",
    "{{ area_name('bedroom') }}", "{{ area_devices('bedroom') }}", "{{ label_entities('x') }}",
    "{{ device_entities('x') }}", "{{ device_id('Bedroom') }}", "{{ floor_areas('x') }}", "{{ label_id('x') }}",
    "{{ 'bedroom' | area_entities }}", "{{ ['bedroom'] | map('area_entities') | list }}", "{{ distance(1, 2) }}",
    "{{ config_entry_attr('x', 'title') }}", "{{ issue('a', 'b') }}", "{{ label_areas('x') }}",
    "{{ config_entry_id('input_boolean.living_room_lamp') }}",
)  # fmt: skip


async def test_the_whole_house(bridge: Bridge, room: str) -> None:
    """A key with a limited scope cannot list or count all entities."""
    for template in WHOLE_HOUSE:
        status, heard = await rendered(bridge, room, template)
        assert status in {400, 403}
        assert not [word for word in ("bedroom_lamp", "outside", "Bedroom") if word in str(heard)]


async def test_a_group_of_others(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """A group in scope does not give access to members out of scope."""
    assert await rendered(bridge, room, f"{{{{ expand('{LIVING}') | count }}}}") == (200, b"1")
    hass.states.async_set("group.all_lamps", "on", {"entity_id": [LIVING, BEDROOM]})
    key = await bridge.add_key(entities=["group.all_lamps"], areas=["living_room"], capabilities=["template"])
    status, _ = await rendered(bridge, key, "{{ expand('group.all_lamps') | map(attribute='state') | list }}")
    assert status == 403


async def test_groups_that_name_each_other(bridge: Bridge, hass: HomeAssistant) -> None:
    """Each is opened once, so their members are found and the template ends."""
    key = await bridge.add_key(everything=True, capabilities=["template", "location"])
    hass.states.async_set("group.a", "on", {"entity_id": ["group.b", LIVING, "group.a"]})
    hass.states.async_set("group.b", "on", {"entity_id": ["group.a", BEDROOM, 5]})
    hass.states.async_set("zone.round", "0", {"persons": ["zone.round", "group.a"], "latitude": 1, "longitude": 2})
    for named in ("'group.a'", "'group.b'", "'zone.round'", "['group.a', ['zone.round']]"):
        template = f"{{{{ expand({named}) | map(attribute='entity_id') | sort | join(' ') }}}}"
        assert await rendered(bridge, key, template) == (200, f"{BEDROOM} {LIVING}".encode())
    for template in ("{{ closest('group.a') }}", "{{ 'zone.round' | closest }}", "{{ closest(1, 2, 'group.b') }}"):
        assert await rendered(bridge, key, template) == (200, b"None")


async def test_groups_in_the_order_of_home_assistant(bridge: Bridge, hass: HomeAssistant, whole: str) -> None:
    """Members come in the order in which Home Assistant's own function has them."""
    hass.states.async_set("group.inner", "on", {"entity_id": [BEDROOM, "sensor.no_such"]})
    hass.states.async_set("group.outer", "on", {"entity_id": [LIVING, "group.inner", "camera.door"]})
    for named in ("'group.outer'", "'camera.door', 'group.outer'", "['group.outer', 'camera.asleep']", "states.camera"):
        template = f"{{{{ expand({named}) | map(attribute='entity_id') | list }}}}"
        own = Template(template, hass).async_render(parse_result=False)
        assert await rendered(bridge, whole, template) == (200, own.encode())


async def test_the_closest(bridge: Bridge, hass: HomeAssistant) -> None:
    """As a function and as a filter, among what has a place."""
    key = await bridge.add_key(everything=True, capabilities=["template", "location"])
    for name, latitude in (("near", 1.0), ("far", 50.0)):
        hass.states.async_set(f"device_tracker.{name}", "home", {"latitude": latitude, "longitude": 2.0})
    hass.states.async_set("group.both", "on", {"entity_id": ["device_tracker.far", "device_tracker.near", LIVING]})
    for template in (
        "{{ closest(1, 2, 'group.both').entity_id }}", "{{ ('group.both' | closest(1, 2)).entity_id }}",
        "{{ closest(1, 2, states.device_tracker).entity_id }}",
        "{{ closest('device_tracker.near', ['group.both']).entity_id }}",
    ):  # fmt: skip
        assert await rendered(bridge, key, template) == (200, b"device_tracker.near")


async def test_a_group_that_a_client_made_up(bridge: Bridge, hass: HomeAssistant) -> None:
    """A group that a client created does not reveal which of its members exist."""
    key = await bridge.add_key(globs=["group.*"], capabilities=["template"])
    answers = []
    for member in (BEDROOM, "input_boolean.no_such", "x" * 300):
        hass.states.async_set("group.made_up", "on", {"entity_id": [member]})
        answers.append(await rendered(bridge, key, "{{ expand('group.made_up') | count }}"))
    assert {status for status, _ in answers} == {403}
    assert answers[0] == answers[1] == answers[2]


async def test_an_id_that_is_too_long(bridge: Bridge, hass: HomeAssistant, room: str, whole: str) -> None:
    """An ID that is too long belongs to no entity, and is not cached."""
    runtime = bridge.entry.runtime_data
    scopes = [runtime.directory.live(key.scope) for key in runtime.keys]
    remembered = []
    for letter in "xyz":
        hass.states.async_set("group.made_up", "on", {"entity_id": [f"sensor.{letter * 9999}"]})
        asks = f"{{{{ states('sensor.' ~ '{letter}' * 9999) }}}}"
        assert (await rendered(bridge, room, asks))[0] == 403
        assert await rendered(bridge, whole, asks) == (200, b"unknown")
        assert await rendered(bridge, whole, "{{ expand('group.made_up') | count }}") == (200, b"0")
        remembered.append(sum(map(len, scopes)))
    assert remembered[1] == remembered[2]


async def test_a_domain_that_is_all_in_scope(bridge: Bridge) -> None:
    """A key that sees a complete domain can list this domain only."""
    key = await bridge.add_key(domains=["sensor"], capabilities=["template"])
    assert (await rendered(bridge, key, "{{ states.sensor | map(attribute='entity_id') | list }}"))[0] == 200
    assert (await rendered(bridge, key, "{{ states.climate | list }}"))[0] == 403
    excluded = await bridge.add_key(domains=["sensor"], capabilities=["template"], exclude={"globs": ["sensor.out*"]})
    assert (await rendered(bridge, excluded, "{{ states.sensor | list | count }}"))[0] == 403


SECRETS = (
    "{{ missing['_undefined_exception'] }}", "{{ missing['__class__'] }}", "{{ missing | attr('_undefined_obj') }}",
    "{{ [missing] | map(attribute='__class__') | list }}", "{{ ''.nothing['_undefined_obj'] }}",
    "{% set ns = namespace() %}{{ ns['__class__'] }}", "{% for i in [1] %}{{ loop['_iterable'] }}{% endfor %}",
    "{{ states.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ states._hass }}", "{{ states._home }}",
    "{{ states.sensor.outside._state }}", "{{ states.sensor.outside.as_dict() }}", "{{ states.sensor.outside._hass }}",
    "{{ states.sensor.outside.context.origin_event }}", "{{ states.sensor.outside.context.as_dict() }}",
    "{{ states.sensor.outside.expire() }}", "{{ states.sensor.outside.as_compressed_state }}",
    "{{ states | attr('_home') }}",
    "{{ [states] | map(attribute='_home') | list }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ states.member('sensor') }}", "{{ states('sensor.outside').__class__ }}", "{{ range.__wrapped__ }}",
    "{{ namespace.__init__ }}", "{{ cycler.__init__.__globals__ }}", "{{ joiner.__call__ }}",
    "{{ '{0.__class__}'.format(states) }}", "{{ '{0}'.format_map({}) }}", "{{ ''.join.__self__ }}", "{{ lipsum() }}",
    "{{ lipsum.__globals__ }}", "{{ macro.__globals__ }}{% macro macro() %}{% endmacro %}", "{{ (1).__class__ }}",
    "{% import 'household.jinja' as h %}", "{% include 'household.jinja' %}", "{% extends 'x' %}",
    "{% from 'household.jinja' import x %}", "{% block a %}{% endblock %}{{ self.a() }}", "{{ apply(1, states) }}",
    "{% macro m(returns) %}{% endmacro %}{{ as_function(m) }}", "{{ ['a'] | map('apply', states) | list }}",
    "{{ 'a' | regex_replace('a', 'b') }}", "{{ ['a'] | select('match', 'a') | list }}", "{{ 'a' is match('a') }}",
    "{{ pack(1, '1000000000s') }}", "{{ merge_response({}) }}", "{{ caller() }}", "{{ debug() }}",
    "{% for a in [[1]] recursive %}{{ loop(a) }}{% endfor %}", "{% call states() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}", "{{ states.sensor.outside.attributes.__class__ }}", "{{ now().__class__ }}",
    "{% set x = states.sensor.outside.attributes %}{% do x.update({'a': 1}) %}", "{% do [1].append(2) %}",
    "{% autoescape true %}{{ 1 }}{% endautoescape %}", "{{ hass }}{{ hass.states }}", "{{ ''.encode('idna') }}",
)  # fmt: skip


async def test_the_way_into_python(bridge: Bridge, whole: str) -> None:
    """Not even a scope without limits gives access to Python."""
    for template in SECRETS:
        status, heard = await rendered(bridge, whole, template)
        assert status in {400, 403}, (template[:80], heard)
        assert not [word for word in ("object at", "<class", "<function", "HomeAssistant") if word in str(heard)]


COSTS = (
    "{{ range(10 ** 9) | list }}", "{{ range(10 ** 9) | sum }}", "{% for i in range(99999999) %}{% endfor %}",
    "{% for i in range(9999) %}{% for j in range(9999) %}{{ i }}{% endfor %}{% endfor %}", "{{ 10 ** (10 ** 10) }}",
    "{{ 9 ** 99999999 }}", "{{ 'a' * 10 ** 9 }}", "{{ [0] * 10 ** 9 }}", "{{ 10 ** 9 * 'ab' }}", "{{ (1,) * 10 ** 9 }}",
    "{{ '%0999999999d' % 1 }}", "{{ '%0999999999d' | format(1) }}", "{{ '%*d' % (999999999, 1) }}",
    "{{ '%(a)999999999d' % {'a': 1} }}", "{{ '%((a))999999999d' | format(**{'(a)': 1}) }}",
    "{{ '%.999999999f' | format(1.5) }}",
    "{{ 'x'.ljust(10 ** 9) }}",
    "{{ 'x'.zfill(10 ** 9) }}",
    "{{ 'x' | center(10 ** 9) }}",
    "{{ 'x' | indent(10 ** 9) }}", "{{ 1 | round(10 ** 8, 'ceil') }}", "{{ now().strftime('%0999999999d') }}",
    "{{ 1 | timestamp_custom('%0999999999d') }}", "{{ [1] | batch(10 ** 9, 0) | list }}", "{{ lipsum(n=10 ** 6) }}",
    "{% set ns = namespace(t='x') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t }}",
    "{% set ns = namespace(t='x') %}{% for i in range(99) %}{% set ns.t = ns.t + ns.t %}{% endfor %}{{ ns.t }}",
    "{% set ns = namespace(t='x') %}{% for i in range(99) %}{% set ns.t = [ns.t, ns.t] | join %}{% endfor %}",
    "{% set ns = namespace(t='xx') %}{% for i in range(99) %}{% set ns.t = ns.t | replace('x', 'xxxx') %}{% endfor %}",
    "{% set ns = namespace(t='xx') %}{% for i in range(99) %}{% set ns.t = ns.t.replace('x', 'xxxx') %}{% endfor %}",
    "{% set ns = namespace(t=['x']) %}{% for i in range(99) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t }}",
    "{% set ns = namespace(t={}) %}{% for i in range(99) %}{% set ns.t = {1: ns.t, 2: ns.t} %}{% endfor %}{{ ns.t }}",
    "{% set ns = namespace(t=(1,)) %}{% for i in range(99) %}{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ ns.t }}",
    "{% set ns = namespace(t='x') %}{% for i in range(99) %}{% set ns.t %}{{ ns.t }}{{ ns.t }}{% endset %}{% endfor %}",
    "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{{ range(9999) | map('string') | map('replace', '9', 'x' * 99999) | list }}", "{{ [[1], [2]] | sum(start=[]) }}",
    "{% for i in range(9999) %}" + "literal " * 900 + "{% endfor %}", "{{ (range(9999) | list) * 9999 }}",
    "{{ " + "(" * 500 + "1" + ")" * 500 + " }}", "{{ " + "1 + " * 4000 + "1 }}", "{{ " + "-" * 3000 + "1 }}",
    "{{ 1 }}" * 3001, "{# " + "x" * 17000 + " #}", "{{ 'x' * 9999 ~ " + "'x' * 9999 ~ " * 99 + "'' }}",
    "{% set a = range(9999) | list %}{% for i in a %}{{ i in a and (a | sort | unique | list | count) }}{% endfor %}",
    "{{ 'a' * 9999 | slugify }}{{ ('a b' * 9999) | slugify }}",
    "{{ ('9' * 5000) | int ** 99 }}",
    "{{ [1] | random ** 99999 }}",
    "{{ zip(range(9999), range(9999)) | list | to_json | length * 'xxxxxxxxxx' }}",
    "{{ 1 | multiply(1e308) | int ** 50 }}",
)  # fmt: skip


async def test_what_costs_too_much(bridge: Bridge, whole: str) -> None:
    """A template that would use all memory or time is refused, and Home Assistant keeps running."""
    for template in COSTS:
        status, heard = await rendered(bridge, whole, template)
        assert status in {400, 403}, (template[:80], heard)
        assert len(heard["message"]) < 700


DOUBLED = "".join(f"{{% set n{number + 1} = namespace(a=n{number}, b=n{number}) %}}" for number in range(60))
LARGE = (
    "{{ ('%(a)s' * 8000) | format(a=b) }}",
    "{{ ('%(a)s' * 8000) % {'a': b} }}", "{{ ('%(a)s' * 8000) % {'a': [b]} }}",
    "{{ range(9999) | map('iif', {'a': b}) | join(attribute='a') }}",
    "{{ range(9999) | map('iif', b) | sort | count }}",
    "{% set n0 = namespace(a=b) %}" + DOUBLED + "{{ n60 }}", "{% set n = namespace() %}{% set n.a = n %}{{ n }}",
    "{{ range(9999) | map('string') | map('replace', '', 'y' * 50000) | list }}",
    "{{ strptime('1' * 90000, '%d' * 40000) }}",
    "{{ ['a'] | map('bridge_step', -9) | list }}", "{{ [1] | bridge_step(-99999) }}", "{{ 'a' | bridge_concat }}",
    "{{ ['a'] | map('taken') | list }}",
    "{{ ['a'] | map('charge', -9) | list }}",
    "{{ environment }}{{ charge(-9, -9) }}",
    "{{ '%0999999999d' is even }}", "{{ b.rfind('y' ~ 'x' ~ b[:60000]) }}{{ b.replace('y', b) }}",
    "{% for i in range(9999) %}{% for j in range(9999) if false %}{% endfor %}{% endfor %}",
    "{% for i in range(9999) %}{% for j in range(9999) %}{% if i %}{% endif %}{% endfor %}{% endfor %}",
    "{% for i in range(9999) %}{% set x = b[1:] %}{% endfor %}",
    "{% for i in range(9999) %}{{ 'z' in b }}{{ b == b ~ 'x' }}{% endfor %}",
    "{{ zip(range(9999), range(9999)) | unique | list | count }}",
    "{{ ('[' ~ '[],' * 90000 ~ '1]') | from_json | count }}",
    ("{% set n = namespace(t=[1]) %}{% for i in range(60) %}{% set n.t = zip(n.t, n.t) | list %}"
    "{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t }}"),
    "{{ b.strip('x' * 250000 ~ 'y') }}", "{{ range(9999) | map('iif', b) | join }}",
)  # fmt: skip


async def test_what_a_large_variable_becomes(bridge: Bridge, whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size of a result is estimated before it is created."""
    # All of them together take more processor time than a key may have in a minute.
    monkeypatch.setattr(async_get_renderer(bridge.hass), "_budget", Budget(600))
    for template in LARGE:
        status, heard = await rendered(bridge, whole, template, b="y" * 250_000)
        assert status in {400, 403} if "bridge" in template or "charge" in template else status == 400, (
            template,
            heard,
        )
        assert len(heard["message"]) < 700


async def until(holds: Callable[[], bool]) -> None:
    """Wait until a condition is true."""
    for _ in range(100_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError


async def test_a_template_that_takes_long(bridge: Bridge, whole: str) -> None:
    """A long template is rendered in slices, and other requests are answered in between."""
    template = "{% for i in range(9000) %}{% if i is odd and (i ~ '') | length > 9 %}{{ i }}{% endif %}{% endfor %}done"
    other = await bridge.add_key(everything=True, limits={"per_minute": 0})
    long = asyncio.create_task(rendered(bridge, whole, template))
    answered = 0
    while not long.done():
        assert (await bridge.get(f"/api/states/{LIVING}", other)).status == 200
        answered += 1
    assert await long == (200, b"done")
    assert answered > 0
    assert not [thread for thread in threading.enumerate() if thread.name == "drawbridge-template"]


async def test_a_key_that_is_removed_meanwhile(bridge: Bridge, whole: str) -> None:
    """A template that is being rendered ends with its key."""
    template = "{% for i in range(9000) %}{% if i is odd and (i ~ '') | length > 9 %}{{ i }}{% endif %}{% endfor %}done"
    long = [asyncio.create_task(rendered(bridge, whole, template)) for _ in range(3)]
    await until(lambda: any(thread.name == "drawbridge-template" for thread in threading.enumerate()))
    bridge.hass.config_entries.async_remove_subentry(bridge.entry, next(iter(bridge.entry.subentries)))
    assert {status for status, _ in await asyncio.gather(*long)} == {401}


async def test_a_long_template_is_compiled_in_the_executor(
    bridge: Bridge, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiling a long template does not hold up the event loop, and a key that is deleted meanwhile gets nothing."""
    loop = asyncio.get_running_loop()
    threads: list[threading.Thread] = []
    meanwhile: list[Coroutine[Any, Any, None]] = []
    compile_metered = KeyEnvironment.compile_metered

    def compiling(environment: KeyEnvironment, source: str) -> Any:
        threads.append(threading.current_thread())
        if meanwhile:
            asyncio.run_coroutine_threadsafe(meanwhile.pop(), loop).result()
        return compile_metered(environment, source)

    async def delete() -> None:
        bridge.hass.config_entries.async_remove_subentry(bridge.entry, next(iter(bridge.entry.subentries)))

    monkeypatch.setattr(KeyEnvironment, "compile_metered", compiling)
    assert await rendered(bridge, whole, "{{ 1 }}") == (200, b"1")
    assert await rendered(bridge, whole, "{{ 1 }}" * 200) == (200, b"1" * 200)
    assert [thread is threading.main_thread() for thread in threads] == [True, False]
    meanwhile.append(delete())
    assert (await rendered(bridge, whole, "{{ 2 }}" * 200))[0] == 401


async def test_the_processor_time_of_a_key(
    bridge: Bridge, whole: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that has used up its CPU budget gets `Retry-After`. Other keys are not affected."""
    renderer = async_get_renderer(bridge.hass)
    monkeypatch.setattr(renderer, "_budget", Budget(0.000_001))
    assert (await rendered(bridge, whole, "{{ 1 }}"))[0] == 200
    answer = await bridge.post("/api/template", whole, json={"template": "{{ 1 }}"})
    assert (answer.status, (await answer.json())["reason"]) == (429, "template_budget")
    assert int(answer.headers["Retry-After"]) >= 1
    assert (await rendered(bridge, room, "{{ 1 }}"))[0] == 200


async def test_names_that_are_made_on_the_way(bridge: Bridge, whole: str) -> None:
    """Names that are built while the template runs give access only to what is allowed."""
    for template in ("{{ ['a'] | map(f) | list }}", "{{ ['a'] | select(f) | list }}"):
        for name in ("regex_replace", "match", "callable", "__class__", "pprint", "tojson", "safe", "filter"):
            assert (await rendered(bridge, whole, template, f=name))[0] == 400
    for name in ("_home", "__class__", "member"):
        _, heard = await rendered(bridge, whole, "{{ [states] | map('attr', f) | list }}", f=name)
        assert "object at" not in str(heard)


async def test_variables_do_not_open_anything(bridge: Bridge, room: str) -> None:
    """Variables can replace the name of a function, but cannot add one."""
    assert await rendered(bridge, room, "{{ states }} {{ closest }}", states="mine", closest=5) == (200, b"mine 5")
    assert (await rendered(bridge, room, "{{ self }}", self="x"))[0] == 403


async def test_a_registry_change_is_seen(bridge: Bridge, hass: HomeAssistant, room: str) -> None:
    """An entity that leaves the room is hidden at once."""
    template = f"{{{{ states('{LIVING}') }}}}"
    assert (await rendered(bridge, room, template))[0] == 200
    bedroom = ar.async_get(hass).async_get_area_by_name("Bedroom")
    assert bedroom is not None
    er.async_get(hass).async_update_entity(LIVING, area_id=bedroom.id)
    assert (await rendered(bridge, room, template))[0] == 403
