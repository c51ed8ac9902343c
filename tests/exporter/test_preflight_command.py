"""Preflight as a command: its reports, its progress, its exit status."""

import asyncio
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from drawbridge_exporter.preflight.command import preflight as preflight_command
from drawbridge_exporter.targets_command import print_targets

from .documents import KEY
from .files import targets_file
from .process import Ended, run_exporter
from .whole_bridge import running_whole_bridge

MANIFEST = Path(__file__).parents[2] / "custom_components" / "drawbridge" / "manifest.json"


async def preflight(url: str, key_file: Path, *arguments: str) -> Ended:
    """Run preflight as a process of its own."""
    return await run_exporter(
        "preflight", f"--url={url}", f"--key-file={key_file}", f"--manifest={MANIFEST}", "--quiet", *arguments
    )


async def test_nothing_listens(key_file: Path) -> None:
    """One item says so; the exit status is that of a bridge that is not ready."""
    ended = await preflight("http://127.0.0.1:1", key_file)
    assert ended.status == 1
    assert "refused" in ended.output
    assert ended.output.count("FAIL") == 1
    assert "Traceback" not in ended.output


class TestReports:
    """The same, for people and for pipelines."""

    @pytest.fixture
    async def folder(self, key_file: Path, tmp_path: Path) -> Path:
        """Return a folder with all reports of a bridge with faults."""
        async with running_whole_bridge("cors", "old-version") as bridge:
            files = (f"--junit={tmp_path / 'report.xml'}", f"--html={tmp_path / 'report.html'}")
            text = await preflight(bridge.url, key_file, *files)
        await asyncio.to_thread((tmp_path / "report.txt").write_text, text.output)
        return tmp_path

    def test_the_text_names_the_failures(self, folder: Path) -> None:
        """After the counts."""
        text = (folder / "report.txt").read_text()
        assert " 2 failed, " in text
        assert "FAIL CORS allows only the configured origins" in text

    def test_junit_counts_people_as_skipped(self, folder: Path) -> None:
        """A suite for each section."""
        root = ET.parse(folder / "report.xml").getroot()  # noqa: S314 - written by the process under test
        assert root.get("failures") == "2"
        assert len(root.findall(".//failure")) == 2
        assert root.get("skipped") == str(len(root.findall(".//skipped")))
        assert root.get("tests") == str(len(root.findall(".//testcase")))

    def test_every_report_has_the_boxes_of_the_checklist(self, folder: Path) -> None:
        """By section and name, with the verdict of each."""
        text, page = (folder / "report.txt").read_text(), (folder / "report.html").read_text()
        properties = ET.parse(folder / "report.xml").getroot().findall("./properties/property")  # noqa: S314 - ours
        assert "Emergency Procedures: open" in text
        assert "CORS policies configured for production domains" in page
        assert len(properties) == 160
        cors = next(item for item in properties if "CORS policies" in item.get("name", ""))
        assert cors.get("value") == "not ready"

    def test_the_page_stands_alone(self, folder: Path) -> None:
        """It fits a phone, loads nothing, and begins with what failed."""
        page = (folder / "report.html").read_text()
        assert 'name="viewport"' in page
        assert not [part for part in ("<script", "src=", "href=", "@import", "url(") if part in page]
        assert page.index("Fix these first") < page.index(">Security<")
        assert "Not ready: 2 items failed." in page
        assert KEY not in page

    async def test_json_has_every_item(self, key_file: Path) -> None:
        """On standard output, and nothing else."""
        async with running_whole_bridge() as bridge:
            ended = await preflight(bridge.url, key_file, "--json")
        report = json.loads(ended.output)
        assert ended.status == 0
        assert (report["verdict"], report["ready"]) == ("open", False)
        assert sum(len(section["boxes"]) for section in report["sections"]) == 160
        assert sum(report["counts"].values()) == len(report["items"])
        assert report["versions"] == "Drawbridge 0.1.0, Home Assistant 2026.11.0"

    async def test_open_questions_have_a_status_of_their_own(self, key_file: Path) -> None:
        """With --strict alone."""
        async with running_whole_bridge() as bridge:
            ended = await preflight(bridge.url, key_file, "--strict", "--profile=household")
        assert ended.status == 3
        assert "OPEN: " in ended.output
        assert "Checklist (household):" in ended.output

    async def test_progress_is_told_as_it_goes(self, key_file: Path) -> None:
        """A line for each item, with how to fix it."""
        async with running_whole_bridge("cors") as bridge:
            ended = await run_exporter(
                "preflight", f"--url={bridge.url}", f"--key-file={key_file}", f"--manifest={MANIFEST}"
            )
        lines = ended.output.splitlines()
        assert lines[0].startswith("pass    The bridge can be reached with the key")
        assert any(line.startswith("FAIL    CORS allows only the configured origins") for line in lines)
        assert any(line.startswith("        -> Replace * by the origins") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--url"),
        (("--url=ha", "--key-file=none"), "--url: not an http://"),
        (("--url=http://ha", "--key-file=none"), "--key-file: cannot read none"),
        (("--url=http://ha", "--key-file=none", "--load", "--soak=long"), "--soak: 'long' is not a number"),
    ],
)
async def test_a_wrong_command_line_is_told(arguments: tuple[str, ...], said: str) -> None:
    """With status 2, and without a list of all flags."""
    ended = await run_exporter("preflight", *arguments)
    assert ended.status == 2
    assert said in ended.output
    assert len(ended.output.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--html", "/nowhere/report.html"), "--html: cannot write /nowhere/report.html"),
        (("--junit", "/"), "--junit: cannot write /"),
        (("--backup", "/nowhere"), "--backup: cannot read /nowhere"),
        (("--scan", "/", "--scan", "/nowhere"), "--scan: cannot read /nowhere"),
        (("--deployment", "/nowhere"), "--deployment: cannot read /nowhere"),
        (("--soak", "1"), "--soak: has no effect without --load"),
        (("--rto", "1"), "--rto: has no effect without --rpo"),
        (("--files", "/"), "--files: has no effect without --files-backup"),
        (("--cors-origin", "panel.example"), "--cors-origin: 'panel.example' is not an origin"),
        (("--cors-origin", "https://panel.example/"), "is not an origin"),
    ],
)
def test_a_flag_that_cannot_work_is_told_before_the_run(
    key_file: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    """Nothing is left to a person because of a typing error, and no report is lost."""
    with pytest.raises(SystemExit) as ended:
        preflight_command(["--url=http://127.0.0.1:1", f"--key-file={key_file}", "--quiet", *arguments])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_wrong_address_for_prometheus_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Prometheus would not start with it."""
    file = targets_file(tmp_path, {"cabin": "http://127.0.0.1:1"})
    assert print_targets([f"--config.file={file}", "--address=http://exporter:9123"]) == 2
    assert "is not HOST:PORT" in capsys.readouterr().err
