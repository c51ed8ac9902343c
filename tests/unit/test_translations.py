"""Translations: every text exists, is used, and has the placeholders that the code fills in.

The expected texts are read from the code: steps and their fields, errors, menus, aborts, entities, exceptions, issues,
actions and selectors.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.data_entry_flow import section

from custom_components.drawbridge import binary_sensor, button, event, repairs, sensor, switch
from custom_components.drawbridge.approvals.model import Answer
from custom_components.drawbridge.flows.connecting import SNIPPETS
from custom_components.drawbridge.flows.presets import PRESETS
from custom_components.drawbridge.flows.sections import SECTIONS
from custom_components.drawbridge.issues.monitor import (
    AUDIT_FILE_FAILED,
    DAMAGED_KEY,
    DAMAGED_OPTIONS,
    DAMAGED_USAGE,
    HIDDEN_ADDRESSES,
    LOW_HEALTH,
    MARKER_FAILED,
    NOT_SAVED,
    ROTATE,
)
from custom_components.drawbridge.issues.policy_tests import TESTS_FAIL
from custom_components.drawbridge.issues.scope import SCOPE_NAMES_MISSING
from custom_components.drawbridge.keys import Capability
from custom_components.drawbridge.listener.fault import Fault
from custom_components.drawbridge.services import ACTIONS

COMPONENT = Path(__file__).parents[2] / "custom_components" / "drawbridge"
LANGUAGES = sorted(path.stem for path in (COMPONENT / "translations").glob("*.json"))
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def texts(language: str = "en") -> dict[str, Any]:
    """Return the texts of a language."""
    content: dict[str, Any] = json.loads((COMPONENT / "translations" / f"{language}.json").read_text(encoding="utf-8"))
    return content


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text with its path."""
    if isinstance(tree, str):
        yield path, tree
    else:
        for name, part in tree.items():
            yield from leaves(part, f"{path}.{name}" if path else name)


def code(module: str) -> ast.Module:
    """Return a module of the integration as its tree."""
    return ast.parse((COMPONENT / f"{module}.py").read_text(encoding="utf-8"))


def strings(module: str) -> set[str]:
    """Return every text in the code of a module."""
    nodes = ast.walk(code(module))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def steps(module: str, name: str) -> set[str]:
    """Return the steps of a flow's class."""
    classes = (node for node in code(module).body if isinstance(node, ast.ClassDef) and node.name == name)
    methods = (node.name for item in classes for node in item.body if isinstance(node, ast.AsyncFunctionDef))
    return {method.removeprefix("async_step_") for method in methods if method.startswith("async_step_")}


def called(module: str, function: str, argument: str) -> set[str]:
    """Return the texts that are given for an argument of a function."""
    return {
        str(keyword.value.value)
        for node in ast.walk(code(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == function
        for keyword in node.keywords
        if keyword.arg == argument and isinstance(keyword.value, ast.Constant)
    }


KEY = texts()["config_subentries"]["api_key"]
CHOICES = {"enable", "disable", "learn", "stop_learning", "waited"}
"""Steps of a key's flow that ask nothing."""


# Flows


def test_every_step_of_a_key_has_its_texts_and_no_other() -> None:
    """Steps with a form have a title. Steps that only act have none."""
    assert steps("flows/key_flow", "ApiKeyFlow") - CHOICES == KEY["step"].keys()
    assert all("title" in step for step in KEY["step"].values())


@pytest.mark.parametrize("menu", ["confirm", "reconfigure"])
def test_every_choice_of_a_menu_has_a_name_and_a_step(menu: str) -> None:
    """Every choice of a menu has a name and a step."""
    functions = [node for node in ast.walk(code("flows/key_flow")) if isinstance(node, ast.AsyncFunctionDef)]
    body = next(node for node in functions if node.name == f"async_step_{menu}")
    inside = {node.value for node in ast.walk(body) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert KEY["step"][menu]["menu_options"].keys() == inside & steps("flows/key_flow", "ApiKeyFlow") - {menu}


def fields_of(step: dict[str, Any]) -> set[str]:
    """Return the fields that the texts of a step know, in sections too."""
    held = (part["data"] for part in step.get("sections", {}).values())
    return set(step.get("data", {})).union(*held)


def fields_in(function: str) -> set[str]:
    """Return the fields that a form of ``key_forms`` has, as its code names them."""
    functions = {node.name: node for node in code("flows/key_forms").body if isinstance(node, ast.FunctionDef)}
    constants = {
        node.target.id: node.value.value
        for node in code("flows/key_forms").body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    found: set[str] = set()
    for node in ast.walk(functions[function]):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"Required", "Optional"}:
            first = node.args[0]
            found.add(str(first.value if isinstance(first, ast.Constant) else constants[getattr(first, "id", "")]))
        elif isinstance(node.func, ast.Name) and node.func.id in functions:
            found |= fields_in(node.func.id)
    return found


@pytest.mark.parametrize(
    "step", ["user", "rename", "scope", "tablet", "exclude", "abilities", "limits", "rotate", "secret", "learned"]
)
def test_every_field_of_a_form_has_a_name_and_an_explanation(step: str) -> None:
    """Every field of a form has its texts, and every text has its field."""
    known = KEY["step"][step]
    assert fields_of(known) == fields_in("name" if step == "rename" else step)
    held = [known, *known.get("sections", {}).values()]
    assert step == "secret" or all(
        part.get("data", {}).keys() == part.get("data_description", {}).keys() for part in held
    )


def test_every_section_has_a_name_and_holds_its_fields() -> None:
    """Every section has a name, and has the fields that the code puts in it."""
    forms = [*KEY["step"].values(), texts()["options"]["step"]["init"]]
    known = [(name, part) for form in forms for name, part in form.get("sections", {}).items()]
    assert {name for name, _part in known} == SECTIONS.keys()
    assert all(part["name"] and part["description"] and set(part["data"]) <= SECTIONS[name] for name, part in known)


def test_every_error_of_a_key_has_a_text() -> None:
    """Every error has a text in the form and in the action."""
    raised = {
        item
        for item in strings("keys/key_input")
        if re.fullmatch(r"(invalid|no|own|too|empty|expires|duplicate)_\w+", item)
    }
    raised |= {
        f"invalid_{field}"
        for field in (
            "domains",
            "entities",
            "globs",
            "services",
            "events",
            "networks",
            "media_hosts",
            "dashboards",
            "ask",
            "approved",
        )
    }
    raised |= {"invalid_cors_origins", "unknown_areas", "unknown_floors", "unknown_labels", "unknown_devices"}
    forms_only = strings("flows/uploads") & {"upload_missing", "upload_too_large"}
    guards = strings("policy_tests/guard") & {"broken_tests"}
    forms_only |= strings("flows/key_flow_base") & {"refuses_requests"}
    assert KEY["error"].keys() == raised | {"not_saved"} | guards | forms_only
    ours = strings("services") & {
        "not_loaded",
        "unknown_key",
        "ambiguous_key",
        "damaged_key",
        "several_errors",
        "approval_over",
    }
    ours |= strings("keys/keeper") & {"not_saved", "store_unreadable"}
    ours |= {"approval_requested", "replace_secret_in_repairs"}  # the messages of notifications
    ours |= strings("authority") & {"administrators_only"}
    assert texts()["exceptions"].keys() == raised | ours | guards
    messages = {name: item["message"] for name, item in texts()["exceptions"].items() if name in KEY["error"]}
    assert messages == {name: text for name, text in KEY["error"].items() if name not in forms_only}


def test_every_abort_has_a_text() -> None:
    """Every abort reason has a text, for the integration and for keys."""
    words = {
        "created",
        "connected",
        "first_refused",
        "secret_replaced",
        "reconfigure_successful",
        "enabled",
        "disabled",
    }
    flows = ("flows/key_flow", "flows/key_flow_base")
    ends = set().union(*map(strings, flows)) & words
    aborts = ends.union(*(called(flow, "async_abort", "reason") for flow in flows), {"not_loaded", "secret_closed"})
    assert KEY["abort"].keys() == aborts
    assert KEY["progress"].keys() == called("flows/key_flow", "async_show_progress", "progress_action")
    assert texts()["config"]["abort"].keys() == {"single_instance_allowed"}
    assert texts()["config"]["step"].keys() == steps("config_flow", "DrawbridgeConfigFlow")


def test_the_options_have_their_texts() -> None:
    """The texts of the options are those of the form."""
    from custom_components.drawbridge.flows import options_form  # noqa: PLC0415  the one test that needs it
    from custom_components.drawbridge.flows.sections import grouped  # noqa: PLC0415  as above

    form = texts()["options"]["step"]["init"]
    schema = grouped(options_form.form(can_upload=True), {}, {})
    held = {str(name): part for name, part in schema.schema.items()}
    assert form["sections"].keys() == {name for name, part in held.items() if isinstance(part, section)}
    assert fields_of(form) == {str(field) for field in options_form.form(can_upload=True).schema}
    faults = {fault.key for fault in Fault}
    files = {item for item in strings("flows/options_flow") | strings("flows/uploads") if item.startswith("upload_")}
    assert texts()["options"]["error"].keys() == {"invalid_cors_origins"} | faults | files
    assert texts()["options"]["step"].keys() == steps("flows/options_flow", "DrawbridgeOptionsFlow")
    assert {fault.option for fault in Fault} <= fields_of(form)


# Entities

DESCRIPTIONS: dict[str, list[Any]] = {
    "sensor": [*sensor.BRIDGE_SENSORS, *sensor.KEY_SENSORS, sensor.SESSIONS],
    "switch": [*switch.KEY_SWITCHES],
    "button": [*button.BRIDGE_BUTTONS, button.ROTATE, button.END_SESSIONS],
    "event": [event.SECURITY],
    "binary_sensor": [binary_sensor.PROBLEM],
}


def icons() -> dict[str, Any]:
    """Return the icons."""
    content: dict[str, Any] = json.loads((COMPONENT / "icons.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("platform", DESCRIPTIONS)
def test_every_entity_has_a_name_and_an_icon(platform: str) -> None:
    """Every entity has a name and an icon, unless its device class has both."""
    keys = {item.translation_key for item in DESCRIPTIONS[platform] if item.translation_key is not None}
    assert texts()["entity"].get(platform, {}).keys() == keys
    assert icons()["entity"].get(platform, {}).keys() == keys
    assert all(item["name"] for item in texts()["entity"].get(platform, {}).values())
    assert all(item.translation_key or getattr(item, "device_class", None) for item in DESCRIPTIONS[platform])


def test_units_that_home_assistant_does_not_know_are_translated() -> None:
    """A sensor has a unit of its own, or one in the translations, or counts nothing."""
    translated = texts()["entity"]["sensor"]
    for item in DESCRIPTIONS["sensor"]:
        has_text = "unit_of_measurement" in translated[item.translation_key or ""]
        assert has_text == (item.native_unit_of_measurement is None and item.state_class is not None), item.key


def test_every_type_of_event_has_a_name() -> None:
    """Every event type has a name in the entity and in the blueprint."""
    states = texts()["entity"]["event"]["security"]["state_attributes"]["event_type"]["state"]
    assert states.keys() == set(event.EVENT_TYPES.values())
    attributes = texts()["entity"]["event"]["security"]["state_attributes"].keys() - {"event_type"}
    assert attributes == event.SecurityEvents.UNRECORDED


# Issues, actions, selectors


def test_every_issue_has_its_texts_and_the_steps_of_its_flow() -> None:
    """Every issue has its texts, and its fix flow has steps with named choices."""
    issues = texts()["issues"]
    ours = {LOW_HEALTH, HIDDEN_ADDRESSES, AUDIT_FILE_FAILED, ROTATE, SCOPE_NAMES_MISSING, TESTS_FAIL}
    assert ours | {"any_origin", "no_rate_limit"} < issues.keys()
    raised = {item for item in strings("issues/findings") if item in issues}
    storage = {NOT_SAVED, MARKER_FAILED, DAMAGED_KEY, DAMAGED_OPTIONS, DAMAGED_USAGE}
    listener = {fault.key for fault in Fault} | {f"listener_certificate_{kind}" for kind in ("ends_soon", "kept")}
    assert listener >= {item for item in raised if item.startswith("listener_")}
    assert issues.keys() == raised | ours | storage | listener | repairs.REVIEW_FIXES.keys()
    for kind, choices in repairs.REVIEW_FIXES.items():
        assert issues[kind]["fix_flow"]["step"]["init"]["menu_options"].keys() == set(choices)
        assert issues[kind]["fix_flow"]["step"].keys() == {"init", "rotate_all", "secrets"}
        assert set(choices) <= steps("repairs", "ReviewFlow")
    for kind, choices in repairs.KEY_FIXES.items():
        assert issues[kind]["fix_flow"]["step"]["init"]["menu_options"].keys() == set(choices)
        assert set(choices) <= steps("repairs", "KeyFlow")
    assert issues[ROTATE]["fix_flow"]["step"].keys() == steps("repairs", "RotateFlow") - {"init"}
    for kind in ("any_origin", "no_rate_limit"):
        assert issues[kind]["fix_flow"]["step"].keys() == steps("repairs", "OptionFlow") - {"init"}
    unfixable = {kind for kind, item in issues.items() if "fix_flow" not in item}
    assert unfixable == {LOW_HEALTH, HIDDEN_ADDRESSES, AUDIT_FILE_FAILED, TESTS_FAIL} | storage | listener


def test_every_action_has_its_texts_its_fields_and_an_icon() -> None:
    """Every action has its texts, its fields and an icon, as in services.yaml and the code."""
    declared = yaml.safe_load((COMPONENT / "services.yaml").read_text(encoding="utf-8"))
    known = texts()["services"]
    assert declared.keys() == known.keys() == ACTIONS.keys() == icons()["services"].keys()
    for name, action in declared.items():
        fields = (action or {}).get("fields", {}).keys()
        assert known[name].get("fields", {}).keys() == fields
        assert {str(field) for field in ACTIONS[name][1].schema} == set(fields)
        assert all(field["name"] and field["description"] for field in known[name].get("fields", {}).values())


def test_every_option_of_a_selector_has_a_name() -> None:
    """Every option of a selector has a name."""
    selectors = texts()["selector"]
    assert selectors.keys() == {"allow", "approval", "capabilities", "client", "preset", "summary"}
    assert selectors["allow"]["options"].keys() == {answer.value for answer in Answer if answer is not Answer.DENY}
    answers = {answer.name.lower() for answer in Answer}
    assert selectors["approval"]["options"].keys() == answers | strings("approvals/notices") & {"title", "where"}
    assert selectors["summary"]["options"].keys() < strings("flows/key_summary")
    assert selectors["client"]["options"].keys() == SNIPPETS.keys()
    assert selectors["capabilities"]["options"].keys() == {item.value for item in Capability}
    assert selectors["preset"]["options"].keys() == PRESETS.keys()
    create = yaml.safe_load((COMPONENT / "services.yaml").read_text(encoding="utf-8"))["create_key"]["fields"]
    assert create["capabilities"]["selector"]["select"]["options"] == [item.value for item in Capability]


def test_system_health_has_its_texts() -> None:
    """Every line of system health has a text."""
    info = texts()["system_health"]["info"]
    assert info.keys() == {item for item in strings("system_health") if item in info}


# All languages


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_complete(language: str) -> None:
    """A language has the same keys as English, and the same placeholders in every text."""
    english, other = dict(leaves(texts())), dict(leaves(texts(language)))
    assert other.keys() == english.keys()
    different = [
        path
        for path, text in english.items()
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(other[path]))
    ]
    assert different == []
    assert [path for path, text in other.items() if not text.strip() or text != text.strip()] == []


@pytest.mark.parametrize("language", [item for item in LANGUAGES if item != "en"])
def test_a_language_is_translated(language: str) -> None:
    """A text with more than one word differs from the English text."""
    english, other = dict(leaves(texts())), dict(leaves(texts(language)))
    same = {path for path, text in english.items() if other[path] == text and len(text.split()) > 1}
    assert same == set()


NO_PLACEHOLDERS = ("entity.", "services.", "selector.", "system_health.")
"""Where Home Assistant fills in nothing."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_as_hassfest_wants_them(language: str) -> None:
    """Texts have no HTML, no URL, no placeholder in single quotes and none that is not filled in."""
    address = r"(https?|ftp|mqtts?|socket)://[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,5}"
    unwanted = re.compile(rf"<[a-z/]|'\{{\w+\}}'|{address}", re.IGNORECASE)
    known = dict(leaves(texts(language)))
    assert [path for path, text in known.items() if unwanted.search(text)] == []
    assert [path for path, text in known.items() if path.startswith(NO_PLACEHOLDERS) and PLACEHOLDER.search(text)] == []
    names = {name for path in known for name in path.split(".")}
    assert [name for name in names if not re.fullmatch(r"(?!.+[_-]{2})(?![_-])[a-z0-9_-]+(?<![_-])", name)] == []


def test_no_text_refers_to_another() -> None:
    """Texts do not refer to other texts, which does not work in a custom integration."""
    assert [path for language in LANGUAGES for path, text in leaves(texts(language)) if "[%key" in text] == []
