"""The summary that the demo prints after its start."""

import shlex
from collections.abc import Iterable
from typing import Final

from demo.state import DEMO_JSON
from sandbox.homeassistant import USERNAME
from sandbox.prometheus import SCRAPE_SECONDS
from sandbox.stack import Stack

SHOWN_KEYS: Final = {
    "dashboard": "reads all entities",
    "living_room": "reads and controls the area Living Room",
    "everything": "sees all entities and has all capabilities",
    "metrics": "reads Drawbridge's own metrics",
}
"""What each key allows. The tablet's key is part of a link, and the key for benchmarks is not shown."""

SCORE: Final = "drawbridge_health_score_ratio"


def table(stack: Stack, entities: int, seconds: float, *, detached: bool) -> str:
    """Return the URLs, the keys and example commands."""
    end = "run scripts/demo --stop to stop it" if detached else "press Ctrl-C to stop it"
    lines = (
        "",
        f"The demo started in {seconds:.0f} s; {end}.",
        "",
        *_columns(_addresses(stack, entities)),
        "",
        "API keys and example commands:",
        *_examples(stack),
        "",
        "Home Assistant's own pages for the Living Room. The link signs in with the key of a tablet. The browser warns",
        "about the certificate, because it was issued by the demo's own authority:",
        f"  {stack.listener.url}/auth/sign-in#{stack.keys['tablet']}",
        "",
        f"As JSON: {DEMO_JSON}",
        "",
    )
    return "\n".join(lines)


def _addresses(stack: Stack, entities: int) -> Iterable[tuple[str, str, str]]:
    home, listener = stack.home_assistant, stack.listener.url
    about = f"{home.version}, {entities} entities; user {USERNAME}, password {home.password}"
    yield "Home Assistant", home.url, about
    yield "Drawbridge", stack.bridge, "the base URL for clients of Home Assistant's API"
    yield "Listener", listener, "the same API on a separate port, over TLS"
    yield "Pages", f"{listener}/", "Home Assistant's own pages, limited to the scope of a key"
    yield "Exporter", stack.exporter.url, "exports Drawbridge's metrics for Prometheus"
    yield "Prometheus", stack.prometheus.url, f"scrapes the exporter every {SCRAPE_SECONDS} s"


def _examples(stack: Stack) -> Iterable[str]:
    bridge, score = stack.bridge, f"{stack.prometheus.url}/graph?g0.expr={SCORE}&g0.tab=0&g0.range_input=5m"
    yield from _columns((f"{name}={stack.keys[name]}", f"# {may}", "") for name, may in SHOWN_KEYS.items())
    yield f'  curl -H "Authorization: Bearer $dashboard" {bridge}/api/states'
    yield f'  curl -H "Authorization: Bearer $living_room" {bridge}/api/states'
    for light, said in (("living_room_floor_lamp", ""), ("hall_light", "    # refused: not in the living room")):
        yield (
            '  curl -H "Authorization: Bearer $living_room" '
            f'--json \'{{"entity_id": "light.{light}"}}\' {bridge}/api/services/light/toggle{said}'
        )
    yield f"  DRAWBRIDGE_KEY=$living_room .venv/bin/python -m demo.watch {bridge}    # changes of the room, live"
    yield f'  curl -H "Authorization: Bearer $metrics" {bridge}/health'
    authority = shlex.quote(str(stack.listener.authority_file))
    yield f'  curl --cacert {authority} -H "Authorization: Bearer $living_room" {stack.listener.url}/api/states'
    yield f"  curl '{stack.prometheus.url}/api/v1/query?query={SCORE}'    # or open {score}"


def _columns(rows: Iterable[tuple[str, str, str]]) -> list[str]:
    cells = list(rows)
    widths = [max(len(row[column]) for row in cells) for column in (0, 1)]
    return [f"  {a:<{widths[0]}}  {b:<{widths[1]}}  {c}".rstrip() for a, b, c in cells]
