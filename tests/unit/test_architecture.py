"""Checks of the imports: which module may import which."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = "custom_components.drawbridge"
ROOT = Path(__file__).parents[2]
COMPONENT = ROOT.joinpath(*PACKAGE.split("."))

LAYERS = (
    {"const", "door", "encoding", "log", "masking", "refusal", "trace_context", "values"},
    {"limits", "options"},
    {"scope"},
    {"keys", "states"},
    {"sessions"},
    {"approvals", "learning"},
    {"audit", "telemetry"},
    {"cache"},
    {"operations"},
    {"admission", "authority", "policy_tests", "usage"},
    {"connections"},
    {"bridge", "coordinator"},
    {"http", "issues"},
    {"websocket"},
    {"listener"},
    {"flows"},
    {"panel"},
)
"""From the bottom up: a module imports from its own layer and from those below. Platform files stand on top."""

READS_OF_THE_HOUSE = {"states", "entities", "devices", "areas", "floors", "labels"}
REGISTRIES = {
    f"homeassistant.helpers.{name}_registry" for name in ("area", "category", "device", "entity", "floor", "label")
}


@dataclass(frozen=True)
class Module:
    """A module of the integration: its dotted name below the package, and what it imports, fully qualified."""

    name: str
    path: Path
    tree: ast.Module
    imports: frozenset[str]

    @property
    def room(self) -> str:
        """The package or the file at the top that the module is in."""
        return self.name.partition(".")[0]


def imported(path: Path, tree: ast.Module, *, typing: bool = True) -> Iterator[str]:
    """Yield the modules that a module imports, also inside of functions; those for type checkers as well."""
    package = [*PACKAGE.split("."), *path.relative_to(COMPONENT).parent.parts]
    skipped = set() if typing else {node for block in type_checking(tree) for node in ast.walk(block)}
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def type_checking(tree: ast.Module) -> list[ast.If]:
    """Return the blocks that only type checkers read."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]


def read_modules() -> list[Module]:
    """Read all modules of the integration."""
    found = []
    for path in sorted(COMPONENT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        parts = path.relative_to(COMPONENT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "__init__"
        found.append(Module(name, path, tree, frozenset(imported(path, tree, typing=False))))
    return found


MODULES = read_modules()
NAMES = {f"{PACKAGE}.{module.name}" for module in MODULES}


def own_imports(module: Module) -> set[str]:
    """Return the modules of the integration that a module imports, below the package."""
    return {item.removeprefix(f"{PACKAGE}.") for item in module.imports & NAMES}


def layer(room: str) -> int:
    """Return the layer of a room; platform files and the like are on top."""
    return next((number for number, rooms in enumerate(LAYERS) if room in rooms), len(LAYERS))


def test_the_imports_are_found() -> None:
    """The modules and their imports are found. Without them, the tests below would pass."""
    assert len(MODULES) > 50
    assert any("aiohttp" in module.imports for module in MODULES)
    assert sum(len(own_imports(module)) for module in MODULES) > 100


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_no_import_points_up(module: Module) -> None:
    """A module imports from its own layer and from those below."""
    above = {item for item in own_imports(module) if layer(item.partition(".")[0]) > layer(module.room)}
    assert above == set()


def test_there_is_no_circle_of_rooms() -> None:
    """No folder imports itself, not even through other folders."""
    arrows: dict[str, set[str]] = {}
    for module in MODULES:
        rooms = {item.partition(".")[0] for item in own_imports(module)}
        arrows.setdefault(module.room, set()).update(rooms - {module.room})
    for start, first in arrows.items():
        reached, todo = set(), list(first)
        while todo:
            room = todo.pop()
            if room not in reached:
                reached.add(room)
                todo += arrows.get(room, ())
        assert start not in reached, start


@pytest.mark.parametrize("room", ["operations", "scope", "limits", "keys", "states", "cache", "refusal"])
def test_what_a_key_can_do_does_not_depend_on_http(room: str) -> None:
    """Operations, and the modules that they use, do not import aiohttp."""
    for module in MODULES:
        if module.room == room:
            assert not {item for item in module.imports if item.partition(".")[0] == "aiohttp"}, module.name


@pytest.mark.parametrize("room", ["encoding", "limits", "refusal"])
def test_decisions_are_pure(room: str) -> None:
    """These folders do not import Home Assistant, so that they can be tested without it."""
    for module in MODULES:
        if module.room == room:
            assert not {item for item in module.imports if item.partition(".")[0] == "homeassistant"}, module.name


READERS = {
    "operations.home": "the scoped home itself",
    "operations.templates.visible_home": "what templates see of it",
    "operations.visible_registries": "follows what a scope sees of the registries",
    "operations.targets": "expands targets as Home Assistant does, to compare them with the scope",
    "operations.delegates": "finds what scripts, scenes and groups act on, to compare it with the scope",
    "operations.entity_attributes": "finds what entities list and act on, to compare it with the scope",
    "operations.registries": "lists the entries that the scope reveals",
    "operations.registry_entries": "shows one entry that the scope reveals",
    "operations.dashboards.find_visible": "finds the names of what a key does not see, to take them out of dashboards",
    "operations.device_automations": "names the entities of a device to their domains, and shows what is in scope",
    "operations.related": "passes through what the scope reveals",
    "operations.selections": "expands targets as Home Assistant does, and shows what the scope reveals of that",
    "operations.revealed": "decides which entries the scope reveals",
    "operations.service_calls": "compares all that a call reaches with the scope",
}


@pytest.mark.parametrize(
    "module",
    [item for item in MODULES if item.room == "operations" and item.name not in READERS],
    ids=lambda module: module.name,
)
def test_only_the_scoped_home_reads_the_house(module: Module) -> None:
    """No other operation reads states or registries, so that none can forget the scope of its caller."""
    assert not module.imports & REGISTRIES
    reads = [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in READS_OF_THE_HOUSE
        and isinstance(node.value, ast.Attribute | ast.Name)
        and (node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id).strip("_") == "hass"
    ]
    assert reads == []


TRANSPORTS = {"http", "websocket"}


def of_transports() -> list[Module]:
    """Return the modules of the transports."""
    return [module for module in MODULES if module.room in TRANSPORTS]


ENCODING_HELPERS = {
    "homeassistant.helpers": {"config_validation"},
    "homeassistant.helpers.json": {"json_bytes"},
    "homeassistant.util": {"dt"},
    "homeassistant.util.json": {"JSON_DECODE_EXCEPTIONS", "JsonValueType", "json_loads"},
}
"""All that the HTTP transport needs of Home Assistant: to parse requests, and to encode what comes back."""


@pytest.mark.parametrize("module", of_transports(), ids=lambda module: module.name)
def test_a_transport_does_not_touch_home_assistant(module: Module) -> None:
    """A transport does not access Home Assistant: it parses requests, calls operations and encodes results."""
    core = {item for item in module.imports if item.startswith("homeassistant.core")}
    assert core == set()
    assert not module.imports & REGISTRIES
    reads = [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr.strip("_") == "hass"
    ]
    assert reads == []


@pytest.mark.parametrize(
    "module", [item for item in of_transports() if item.room == "http"], ids=lambda module: module.name
)
def test_the_http_transport_only_encodes(module: Module) -> None:
    """The HTTP transport imports only what it needs of Home Assistant to parse and encode."""
    allowed = {"homeassistant.helpers", "homeassistant.util"} | {
        item for origin, names in ENCODING_HELPERS.items() for item in (origin, *(f"{origin}.{name}" for name in names))
    }
    assert {item for item in module.imports if item.partition(".")[0] == "homeassistant"} - allowed == set()


@pytest.mark.parametrize(
    "line", ["bridge.hass.states.get('a.b')", "hass = call.caller.hass", "self._hass.bus.async_fire('x')"]
)
def test_reads_of_home_assistant_are_found(line: str) -> None:
    """The test above finds these lines."""
    module = Module("http.made_up", COMPONENT / "http" / "made_up.py", ast.parse(line), frozenset())
    with pytest.raises(AssertionError):
        test_a_transport_does_not_touch_home_assistant(module)


@pytest.mark.parametrize("module", of_transports(), ids=lambda module: module.name)
def test_the_base_path_is_given_to_mount(module: Module) -> None:
    """A transport does not contain the base path, so that another server can mount it at another path."""
    assert f"{PACKAGE}.const.BASE_PATH" not in module.imports
    texts = [node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant)]
    assert [text for text in texts if isinstance(text, str) and "/api/drawbridge" in text] == []


@pytest.mark.parametrize(
    "module", [item for item in MODULES if item.room != "operations"], ids=lambda module: module.name
)
def test_operations_are_declared_once(module: Module) -> None:
    """Operations are declared only in `operations/`."""
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    declared = [node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "Operation"]
    assert declared == []
