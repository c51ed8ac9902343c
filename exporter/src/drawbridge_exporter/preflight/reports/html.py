"""The HTML report: one self-contained page for screens of any size and for print."""

from datetime import UTC, datetime
from html import escape
from string import Template
from typing import Final

from .. import checklist
from ..model import Readiness, Report, Result, Status

_WORD: Final = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.PERSON: "needs a person",
    Status.SKIPPED: "not checked",
}
_KIND: Final = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.PERSON: "person",
    Status.SKIPPED: "person",
    Readiness.READY: "passed",
    Readiness.OPEN: "person",
    Readiness.NOT_READY: "failed",
}

_PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Preflight of $url</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --pass: #1a7f37; --fail: #cf222e; --person: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --pass: #3fb950; --fail: #ff7b72; --person: #d29922; } }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
header p { opacity: .8; }
.conclusion { font-size: 1.15rem; font-weight: 600; padding: .75rem 1rem; border-radius: .5rem; border: 2px solid; }
.counts { display: grid; grid-template-columns: repeat(3, 1fr); gap: .75rem; padding: 0; list-style: none; }
.counts li { background: var(--soft); border-radius: .5rem; padding: .5rem .75rem; }
.counts b { display: block; font-size: 1.6rem; line-height: 1.2; }
article { display: grid; grid-template-columns: 8.5rem 1fr; gap: .25rem 1rem; padding: .6rem 0; }
article { border-top: 1px solid var(--line); }
article:first-of-type { border-top: 0; }
.status { font-weight: 600; }
.passed { color: var(--pass); } .failed { color: var(--fail); } .person { color: var(--person); }
.fix::before { content: "To fix: "; font-weight: 600; }
footer { margin-top: 2rem; opacity: .8; font-size: .9rem; }
@media (max-width: 34rem) { article { grid-template-columns: 1fr; gap: 0; } }
@media print { body { max-width: none; } article { break-inside: avoid; } }
</style>
</head>
<body>
<header>
<h1>Preflight</h1>
<p>$url<br>$versions<br>$when, $seconds s</p>
</header>
<p class="conclusion $conclusion_class">$conclusion</p>
<ul class="counts">
<li class="passed"><b>$passed</b>passed</li>
<li class="failed"><b>$failed</b>failed</li>
<li class="person"><b>$person</b>need a person</li>
</ul>
<main>
$sections
</main>
<footer>Created by drawbridge-exporter preflight. Each item shows what was found and how to fix it. Items that need a
person cannot be checked by a program.</footer>
</body>
</html>
""")

_ITEM: Final = Template("""<article>
<p class="status $kind">$word</p>
<div>
<h3>$title</h3>
<p>$evidence</p>
$fix</div>
</article>
""")


def html_report(report: Report) -> str:
    """Return the report as HTML: the failures first, then each section in the order of the run."""
    failures = [result for result in report.results if result.verdict.status is Status.FAILED]
    parts = [_section("Fix these first", failures)] if failures else []
    parts += [
        _section(section, [result for result in report.results if result.section == section])
        for section in dict.fromkeys(result.section for result in report.results)
    ]
    parts += [_checklist(section) for section in checklist.sections(report)]
    return _PAGE.substitute(
        url=escape(report.url),
        versions=escape(report.versions),
        when=datetime.fromtimestamp(report.started_at, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        seconds=f"{report.seconds:.1f}",
        conclusion=_conclusion(report),
        conclusion_class=_KIND[report.readiness],
        passed=report.count(Status.PASSED),
        failed=len(failures),
        person=report.count(Status.PERSON),
        sections="\n".join(parts),
    )


def _conclusion(report: Report) -> str:
    failures = report.count(Status.FAILED)
    if failures:
        return f"Not ready: {failures} {'item' if failures == 1 else 'items'} failed."
    if skipped := report.count(Status.SKIPPED):
        return f"Not ready: {skipped} items were not checked."
    if report.readiness is Readiness.OPEN:
        return f"No item failed. {report.count(Status.PERSON)} items still need a person."
    return "Ready: every item passed or was confirmed."


def _checklist(section: checklist.SectionResult) -> str:
    """Return the boxes of a section of the checklist, each with its readiness."""
    boxes = "".join(
        f'<li><span class="{_KIND[result.readiness]}">{result.readiness}</span> {escape(_name(result.box))}</li>\n'
        for result in section.boxes
    )
    return f"<section>\n<h2>Checklist: {escape(section.title)}: {section.readiness}</h2>\n<ul>\n{boxes}</ul></section>"


def _name(box: checklist.Box) -> str:
    return f"{box.group}: {box.title}" if box.group else box.title


def _section(title: str, results: list[Result]) -> str:
    items = "".join(_item(result) for result in results)
    return f"<section>\n<h2>{escape(title)}</h2>\n{items}</section>"


def _item(result: Result) -> str:
    verdict = result.verdict
    kind = _KIND[verdict.status]
    return _ITEM.substitute(
        kind=kind,
        word=_WORD[verdict.status],
        title=escape(result.title),
        evidence=escape(verdict.evidence),
        fix=f'<p class="fix">{escape(verdict.fix)}</p>\n' if verdict.fix else "",
    )
