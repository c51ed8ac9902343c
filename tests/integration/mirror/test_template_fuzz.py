"""Random templates, written by the grammar that templates have. None takes too much, and none shows what is hidden.

``DRAWBRIDGE_FUZZ_TEMPLATES`` sets how many are tried, and pytest's ``--hypothesis-seed`` which.

Time is processor time and memory is that of the process, so that a busy machine makes no difference.
"""

import asyncio
import os
import re
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from custom_components.drawbridge.operations.templates import catalog, meter, renderer, rules
from custom_components.drawbridge.operations.templates.budget import Budget
from custom_components.drawbridge.operations.templates.renderer import async_get_renderer
from tests.integration.house import Bridge
from tests.integration.mirror.sides import content

NUMBER: Final = int(os.environ.get("DRAWBRIDGE_FUZZ_TEMPLATES", "1000"))
MAX_GROWTH_KB: Final = 128 * 1024
MAX_CPU_SECONDS: Final = 10.0
STATUS: Final = Path("/proc/self/status")
HIDDEN: Final = ("bedroom_lamp", "Bedroom", "sensor.outside", "Traceback", "HomeAssistant object")

ATOMS = st.sampled_from(
    [
        "0", "1", "-1", "9999", "2 ** 61 - 1", "1e308", "''", "'x'", "'%(a)s'", "'%s' * 99", "'%99d'", "[]", "{}", "()",
        "none", "true", "v", "w", "ns", "ns.t", "missing", "big", "data", "states",
        "states.input_boolean", "states.sensor",
        "states.input_boolean.living_room_lamp", "states.input_boolean.bedroom_lamp", "'input_boolean.bedroom_lamp'",
        "'sensor.outside'", "range(9999)", "now()", "timedelta(days=1)", "cycler(1, 2)", "joiner()", "namespace(a=ns)",
        "'__class__'", "'bedroom'", "'replace'", "'join'", "'taken'", "dict", "loop", "m", "'a' * 9999", "[0] * 9999",
    ]
)  # fmt: skip
FUNCTIONS = st.sampled_from(sorted({*catalog.GLOBALS, "states", "area_entities", "expand", "state_attr", "m", "areas"}))
FILTERS = st.sampled_from(sorted({*catalog.FILTERS, "join", "states", "center", "indent", "tojson", "has_value"}))
TESTS = st.sampled_from(sorted({*catalog.TESTS, "is_state", "callable"} - {"!=", "<", "<=", "==", ">", ">="}))
MEMBERS = st.sampled_from(
    sorted({*frozenset().union(*rules.MEMBERS.values()), *rules.STATE_MEMBERS, "__class__", "format", "join", "_hass"})
)


def _operation(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    args = st.lists(inner, max_size=3).map(", ".join)
    operators = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "~", "==", "<", "in", "and", "or", "not in"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("({} | {}({}))".format, inner, FILTERS, args),
        st.builds("({} | {})".format, inner, FILTERS),
        st.builds("({} | map('{}', {}) | list)".format, inner, FILTERS, inner),
        st.builds("({} | map(attribute={}) | join({}))".format, inner, inner, inner),
        st.builds("({} | select('{}', {}) | list)".format, inner, TESTS, inner),
        st.builds("({} is {}({}))".format, inner, TESTS, inner),
        st.builds("{}({})".format, FUNCTIONS, args),
        st.builds("{}.{}".format, inner, MEMBERS),
        st.builds("{}.{}({})".format, inner, MEMBERS, args),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{}[{}:{}]".format, inner, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
    )


EXPRESSIONS = st.recursive(ATOMS, _operation, max_leaves=6)


def _statement(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{{% for v in {} %}}{}{{% endfor %}}".format, EXPRESSIONS, inner),
        st.builds("{{% for v in range(9999) %}}{}{{% endfor %}}".format, inner),
        st.builds("{{% for v in {} if {} %}}{}{{% else %}}x{{% endfor %}}".format, EXPRESSIONS, EXPRESSIONS, inner),
        st.builds("{{% if {} %}}{}{{% endif %}}".format, EXPRESSIONS, inner),
        st.builds("{{% set w %}}{}{{{{ w }}}}{{% endset %}}".format, inner),
        st.builds("{{% macro m(v, w) %}}{}{{% endmacro %}}".format, inner),
        st.builds("{{% with v = {} %}}{}{{% endwith %}}".format, EXPRESSIONS, inner),
        st.builds("{}{}".format, inner, inner),
    )


STATEMENTS = st.recursive(
    st.one_of(
        EXPRESSIONS.map("{{{{ {} }}}}".format),
        EXPRESSIONS.map("{{% set ns.t = {} %}}".format),
        EXPRESSIONS.map("{{% set v = {} %}}".format),
        EXPRESSIONS.map("{{% do {} %}}".format),
    ),
    _statement,
    max_leaves=5,
)
TEMPLATES = STATEMENTS.map("{{% set ns = namespace(t='x') %}}{}".format)


def templates(number: int) -> list[str]:
    """Return random templates."""
    found: list[str] = []

    @settings(
        max_examples=number, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(TEMPLATES)
    def collect(template: str) -> None:
        found.append(template)

    collect()
    return found


def memory_kb(field: str) -> int:
    """Return ``VmRSS``, the memory of this process, or ``VmHWM``, its peak, in kB."""
    found = re.search(rf"^{field}:\s*(\d+) kB$", STATUS.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def reset_peak() -> int:
    """Make the present memory of this process its peak, and return it."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory_kb("VmRSS")


async def test_random_templates(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each template is rendered or refused within the limits, and reveals nothing hidden."""
    # Making them takes long, and would block the event loop while the client is connected.
    found = await asyncio.get_running_loop().run_in_executor(None, templates, NUMBER)
    key = await bridge.add_key(areas=["living_room"], capabilities=["template"], limits={"per_minute": 0})
    # The limits of one template are tested: all together take more than a key may have in a minute.
    monkeypatch.setattr(async_get_renderer(bridge.hass), "_budget", Budget(1e9))
    # Nothing else runs in this event loop that would need a pause.
    monkeypatch.setattr(renderer, "SLICE_STEPS", meter.MAX_STEPS)
    asyncio.get_running_loop().set_debug(False)
    await bridge.set_options(time_limit=600, max_body=1024)
    variables = {"big": "y" * 100_000, "data": {"list": [1, [2, "x"]], "a": "%(a)s"}}
    rendered, slowest, most = 0, (0.0, ""), (0, "")
    for template in found:
        before, began = reset_peak(), time.process_time()
        answer = await bridge.post("/api/template", key, json={"template": template, "variables": variables})
        text = str(await content(answer))
        seconds, growth = time.process_time() - began, memory_kb("VmHWM") - before
        slowest, most = max(slowest, (seconds, template)), max(most, (growth, template))
        assert answer.status in {200, 400, 403}, (template, text)
        if answer.status == 200:
            rendered += 1
            assert not [word for word in HIDDEN if word in text and word not in template], (template, text)
        assert seconds < MAX_CPU_SECONDS, template
        assert growth < MAX_GROWTH_KB, template
    print(f"{len(found)} templates, {rendered} rendered; slowest: {slowest}; most memory in kB: {most}")  # noqa: T201 - the protocol of a long run
    assert rendered > NUMBER // 20
