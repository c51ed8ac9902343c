"""The landing page, which shows the state of each target."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from string import Template
from typing import Final
from urllib.parse import urlencode

from ..bridge.snapshot import Snapshot
from ..bridge.target import Scrape, Target
from ..config.settings import Settings
from .page import page

_STYLE: Final = """body { max-width: 44rem; }
section { border: 1px solid var(--line); border-radius: .5rem; padding: .25rem 1rem; margin: 1rem 0; }
h2 { font-size: 1.1rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .25rem 1rem; }
dt { opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; }"""
_TARGET: Final = Template("""<section>
<h2>$name: <span class="$state">$state</span></h2>
<dl>
$rows
</dl>
</section>
""")


def landing_page(settings: Settings, found: Sequence[tuple[Target, Scrape]]) -> str:
    """Return the page as HTML. It contains no secrets and loads no other resources."""
    up = sum(scrape.snapshot is not None for _, scrape in found)
    sections = "".join(_section(settings, target, scrape) for target, scrape in found)
    links = "\n".join(f'<li><a href="{path}">{text}</a></li>' for path, text in _links(settings, len(found)))
    return page(
        f"{up} of {len(found)} targets up" if found else "No targets: the targets file is empty.",
        f"{sections}\n<ul>\n{links}\n</ul>",
        style=_STYLE,
    )


def _section(settings: Settings, target: Target, scrape: Scrape) -> str:
    facts = [("Address", str(target.settings.url)), *_facts(scrape)]
    rows = [f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in facts]
    if settings.metrics:
        path = escape(_metrics_path(settings, target))
        rows.append(f'<dt>Metrics</dt><dd><a href="{path}">{path}</a></dd>')
    return _TARGET.substitute(
        name=escape(target.settings.name),
        state="down" if scrape.snapshot is None else "up",
        rows="\n".join(rows),
    )


def _metrics_path(settings: Settings, target: Target) -> str:
    if target.settings == settings.target:
        return f"{settings.link_prefix}/metrics"
    return f"{settings.link_prefix}/probe?" + urlencode({"target": target.settings.name})


def _facts(scrape: Scrape) -> list[tuple[str, str]]:
    took = ("Read in", f"{scrape.duration * 1000:.0f} ms")
    if scrape.snapshot is None:
        return [("Reason", str(scrape.error)), took]
    return [*_snapshot_facts(scrape.snapshot), took]


def _snapshot_facts(snapshot: Snapshot) -> list[tuple[str, str]]:
    score = snapshot.health.score
    return [
        ("Health score", "no data yet" if score is None else f"{score:.1f} of 100"),
        ("Drawbridge", snapshot.bridge_version),
        (
            "Home Assistant",
            snapshot.homeassistant_version + ("" if snapshot.homeassistant_running else ", not running"),
        ),
        ("API keys", str(len(snapshot.keys))),
        ("Requests", str(sum(row.count for row in snapshot.requests))),
        ("Running since", datetime.fromtimestamp(snapshot.started_at, UTC).strftime("%Y-%m-%d %H:%M UTC")),
    ]


def _links(settings: Settings, targets: int) -> list[tuple[str, str]]:
    links = [("/metrics", "Metrics of the exporter itself")] if settings.metrics and settings.target is None else []
    if settings.health_checks:
        links += [("/-/healthy", "Healthy"), ("/-/ready", "Ready")]
    links.append(("/config", "Configuration"))
    if targets > 1:
        links.append(("/fleet", "Last results of all targets, in a table"))
    return [(settings.link_prefix + path, text) for path, text in links]
