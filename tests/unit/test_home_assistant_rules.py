"""Checks of the integration against the rules of hassfest and HACS, and against its quality scale."""

import ast
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.const import Platform

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "drawbridge"
MODULES = sorted(COMPONENT.rglob("*.py"))
PLATFORMS = sorted(path.stem for path in COMPONENT.glob("*.py") if path.stem in {item.value for item in Platform})

BRONZE = {
    "action-setup", "appropriate-polling", "brands", "common-modules", "config-flow", "config-flow-test-coverage",
    "dependency-transparency", "docs-actions", "docs-conditions", "docs-high-level-description",
    "docs-installation-instructions", "docs-removal-instructions", "docs-triggers", "entity-event-setup",
    "entity-unique-id", "has-entity-name", "runtime-data", "test-before-configure", "test-before-setup",
    "unique-config-entry",
}  # fmt: skip
SILVER = {
    "action-exceptions", "config-entry-unloading", "docs-configuration-parameters", "docs-installation-parameters",
    "entity-unavailable", "integration-owner", "log-when-unavailable", "parallel-updates", "reauthentication-flow",
    "test-coverage",
}  # fmt: skip
GOLD = {
    "devices", "diagnostics", "discovery", "discovery-update-info", "docs-data-update", "docs-examples",
    "docs-known-limitations", "docs-supported-devices", "docs-supported-functions", "docs-troubleshooting",
    "docs-use-cases", "dynamic-devices", "entity-category", "entity-device-class", "entity-disabled-by-default",
    "entity-translations", "exception-translations", "icon-translations", "reconfiguration-flow", "repair-issues",
    "stale-devices",
}  # fmt: skip
PLATINUM = {"async-dependency", "inject-websession", "strict-typing"}


def manifest() -> dict[str, Any]:
    """Return the manifest."""
    content: dict[str, Any] = json.loads((COMPONENT / "manifest.json").read_text(encoding="utf-8"))
    return content


def source(name: str) -> str:
    """Return the text of a file of the integration."""
    return (COMPONENT / name).read_text(encoding="utf-8")


# The quality scale


def rules() -> dict[str, Any]:
    """Return the rules with their status."""
    content: dict[str, Any] = yaml.safe_load(source("quality_scale.yaml"))["rules"]
    return content


def done(rule: str) -> bool:
    """Tell whether a rule has the status `done`."""
    said = rules()[rule]
    return (said if isinstance(said, str) else said["status"]) == "done"


def test_every_rule_is_kept_or_exempt_for_a_reason() -> None:
    """Every rule is done or exempt, and none is to do."""
    assert rules().keys() == BRONZE | SILVER | GOLD | PLATINUM
    for said in rules().values():
        assert said == "done" or (said["status"] in {"done", "exempt"} and len(said["comment"]) > 10)


def facts(tree: ast.AST) -> Iterator[str]:
    """Yield the facts of a module: its definitions, attributes, assignments, calls and their arguments by name."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield f"def {name}"
            case ast.Attribute():
                yield ast.unparse(node)
            case ast.Assign(targets=targets, value=value):
                yield from (f"{ast.unparse(target)} = {ast.unparse(value)}" for target in targets)
            case ast.Call(func=function):
                yield f"{ast.unparse(function)}()"
            case ast.keyword(arg=str(name), value=value):
                yield f"{name}="
                yield f"{name}={ast.unparse(value)}"
            case ast.Raise(exc=ast.Call(func=function)):
                yield f"raise {ast.unparse(function)}"


def facts_of(place: str) -> set[str]:
    """Return the facts of a module, or of a function of it after a colon."""
    name, _, function = place.partition(":")
    tree: ast.AST = ast.parse(source(name))
    if function:
        tree = next(node for node in ast.walk(tree) if getattr(node, "name", None) == function)
    return set(facts(tree))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_parallel_updates(platform: str) -> None:
    """Every platform says how many updates may run at once."""
    assert done("parallel-updates")
    assert "PARALLEL_UPDATES = 0" in facts_of(f"{platform}.py")


def test_the_files_of_the_rules_that_are_kept_are_there() -> None:
    """The files that rules require exist."""
    needed = {
        "action-setup": "services.yaml",
        "brands": "brand/icon.png",
        "config-flow": "config_flow.py",
        "common-modules": "entity.py",
        "diagnostics": "diagnostics.py",
        "icon-translations": "icons.json",
        "repair-issues": "repairs.py",
    }
    assert {rule for rule, name in needed.items() if done(rule) and not (COMPONENT / name).is_file()} == set()


def test_the_code_keeps_the_rules_that_can_be_seen_in_it() -> None:
    """For each of these rules, the code has a certain fact."""
    seen = {
        "action-setup": ("__init__.py:async_setup", "register_actions()"),
        "config-entry-unloading": ("__init__.py:async_unload_entry", "hass.config_entries.async_unload_platforms()"),
        "runtime-data": ("__init__.py:async_setup_entry", "entry.runtime_data = bridge"),
        "has-entity-name": ("entity.py:BridgeEntity", "_attr_has_entity_name = True"),
        "entity-unique-id": ("entity.py:BridgeEntity", "self._attr_unique_id"),
        "appropriate-polling": ("coordinator.py", "update_interval=UPDATE_INTERVAL"),
        "entity-unavailable": ("entity.py:KeyEntity", "def available"),
        "entity-category": ("sensor.py", "EntityCategory.DIAGNOSTIC"),
        "entity-device-class": ("sensor.py", "SensorDeviceClass.TIMESTAMP"),
        "entity-disabled-by-default": ("sensor.py", "entity_registry_enabled_default=False"),
        "devices": ("entity.py:BridgeEntity", "DeviceInfo()"),
        "dynamic-devices": ("entity.py:add_for_each_key", "config_subentry_id=key.id"),
        "entity-event-setup": ("entity.py:BridgeEntity", "def async_added_to_hass"),
        "reconfiguration-flow": ("flows/key_flow.py", "def async_step_reconfigure"),
        "exception-translations": ("services.py", "translation_key="),
        "action-exceptions": ("services.py", "ServiceValidationError()"),
    }
    assert {rule for rule, (place, fact) in seen.items() if fact not in facts_of(place)} == set()
    assert all(done(rule) for rule in seen)
    assert done("unique-config-entry")
    assert manifest()["single_config_entry"] is True


def test_no_exception_of_home_assistant_has_a_text_of_its_own() -> None:
    """Exceptions of Home Assistant have translations instead of texts."""
    raised = [
        f"{path.name}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"HomeAssistantError", "ServiceValidationError", "ConfigEntryNotReady", "ConfigEntryError"}
        and (node.args or not any(item.arg == "translation_key" for item in node.keywords))
    ]
    assert raised == []


PAGES = {
    "docs-actions": "actions.md",
    "docs-high-level-description": "index.md",
    "docs-installation-instructions": "installation.md",
    "docs-installation-parameters": "installation.md",
    "docs-removal-instructions": "removal.md",
    "docs-configuration-parameters": "options.md",
    "docs-data-update": "entities.md",
    "docs-supported-functions": "entities.md",
    "docs-supported-devices": "clients.md",
    "docs-examples": "recipes.md",
    "docs-use-cases": "recipes.md",
    "docs-known-limitations": "limits.md",
    "docs-troubleshooting": "troubleshooting.md",
}


@pytest.mark.parametrize("rule", PAGES)
def test_what_the_scale_says_of_the_documentation(rule: str) -> None:
    """Each rule about documentation has a page, and the index links to it."""
    assert done(rule)
    assert len((ROOT / "docs" / PAGES[rule]).read_text(encoding="utf-8")) > 400
    assert PAGES[rule] == "index.md" or f"({PAGES[rule]}" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")


# hassfest


def test_the_manifest() -> None:
    """The keys of the manifest, their order and their values."""
    content = manifest()
    keys = list(content)
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]
    assert content["integration_type"] in {"device", "entity", "hardware", "helper", "hub", "service", "system"}
    assert content["iot_class"] in {
        "assumed_state",
        "calculated",
        "cloud_polling",
        "cloud_push",
        "local_polling",
        "local_push",
    }
    assert re.fullmatch(r"\d+\.\d+\.\d+", content["version"])
    assert all(re.fullmatch(r"@[\w-]+", owner) for owner in content["codeowners"])
    assert all(content[name].startswith("https://") for name in ("documentation", "issue_tracker"))
    assert "quality_scale" not in content


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports, with full names, also inside of functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_imported_integration_is_a_dependency() -> None:
    """Every imported integration is a dependency, except those that only load our platforms."""
    platforms = {*PLATFORMS, "diagnostics", "repairs", "system_health", "logbook"}
    # Home Assistant sets these up before all others.
    core = {"homeassistant", "persistent_notification"}
    declared = {*manifest()["dependencies"], *manifest().get("after_dependencies", ()), *core}
    imported = {
        item.removeprefix("homeassistant.components.").partition(".")[0]
        for path in MODULES
        for item in imports(ast.parse(path.read_text(encoding="utf-8")))
        if item.startswith("homeassistant.components.")
    }
    assert "http" in imported
    assert imported - platforms - declared == set()


def test_services_are_valid_selectors() -> None:
    """Each field has one selector that Home Assistant knows."""
    from homeassistant.helpers.selector import validate_selector  # noqa: PLC0415  the one test that needs it

    for action in yaml.safe_load(source("services.yaml")).values():
        for field in (action or {}).get("fields", {}).values():
            validate_selector({name: config or {} for name, config in field["selector"].items()})


def test_icons_are_of_material_design() -> None:
    """Icons have the names of Material Design Icons."""

    def names(tree: dict[str, Any]) -> list[str]:
        return [leaf for part in tree.values() for leaf in ([part] if isinstance(part, str) else names(part))]

    assert [name for name in names(json.loads(source("icons.json"))) if not re.fullmatch(r"mdi:[a-z0-9-]+", name)] == []


# HACS, and the release


@pytest.mark.parametrize(
    ("name", "size"),
    [("icon", (256, 256)), ("icon@2x", (512, 512)), ("logo", (430, 128)), ("logo@2x", (860, 256))],
)
@pytest.mark.parametrize("prefix", ["", "dark_"])
def test_the_brand_images(prefix: str, name: str, size: tuple[int, int]) -> None:
    """The brand images are PNG files in the sizes that Home Assistant requires."""
    content = (COMPONENT / "brand" / f"{prefix}{name}.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == size
    assert len(content) < 100_000


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install from the zip that the release makes, as HACS does."""
    packed = subprocess.run(
        ["git", "archive", "--format", "zip", "HEAD:custom_components/drawbridge"],  # noqa: S607 - git is on everyone's PATH
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    target = tmp_path_factory.mktemp("config") / "custom_components" / "drawbridge"
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(target)
    return target


def test_the_zip_has_the_integration_at_its_root(installed: Path) -> None:
    """HACS unpacks it into the folder of the integration."""
    assert {"manifest.json", "__init__.py", "translations", "brand"} <= {path.name for path in installed.iterdir()}
    assert [
        path
        for path in installed.rglob("*")
        if path.suffix not in {".py", ".json", ".yaml", ".png", ".html", ".css", ".js", ""}
    ] == []


def test_the_integration_imports_from_the_zip(installed: Path) -> None:
    """The integration can be imported from the zip file alone."""
    program = "import custom_components.drawbridge.config_flow, custom_components.drawbridge.repairs"
    subprocess.run([sys.executable, "-c", program], cwd=installed.parents[1], check=True)  # noqa: S603 - our own words
