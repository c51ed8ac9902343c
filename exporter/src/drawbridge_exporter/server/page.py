"""The frame of the exporter's HTML pages. They contain no secrets and load no other resources."""

from html import escape
from string import Template
from typing import Final

from .. import __version__

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drawbridge exporter</title>
<style>
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #ff7b72; } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; }
.up { color: var(--good); } .down { color: var(--bad); }
footer { opacity: .75; font-size: .9rem; }
$style
</style>
</head>
<body>
<h1>Drawbridge exporter</h1>
<p>$summary</p>
$content
<footer>drawbridge-exporter $version$note</footer>
</body>
</html>
""")


def page(summary: str, content: str, *, style: str, note: str = "") -> str:
    """Return a page as HTML. ``content`` and ``style`` are HTML and CSS, the other arguments are plain text."""
    return _PAGE.substitute(
        style=style, summary=escape(summary), content=content, version=escape(__version__), note=escape(note)
    )
