"""The targets file: many homes, re-read on change, its errors by line."""

from dataclasses import replace
from pathlib import Path

import pytest

from drawbridge_exporter.config.settings import Defaults
from drawbridge_exporter.config.targets_file import read_targets
from drawbridge_exporter.config.yamlfile import ConfigFileError

from .bridge import BridgeServer, running_bridge
from .files import targets_file
from .process import run_exporter
from .serving import Exporter, serving, settings_for

DEFAULTS = Defaults(30.0, None)
HEAD = "targets:\n  cabin:\n"
URL_LINE = "    url: http://cabin:8123\n"
KEY_LINE = "    key_file: bridge.key\n"


def probed(exporter_answer: str) -> bool:
    """Return whether a page says that the target is up."""
    return "drawbridge_up 1.0" in exporter_answer


async def test_each_target_is_probed_by_its_name(tmp_path: Path) -> None:
    """Its own series, and nothing of the exporter or of another target."""
    async with running_bridge() as one, running_bridge() as other:
        other.status = 503
        file = targets_file(tmp_path, {"one": one.url, "other": other.url})
        async with serving(replace(settings_for(one.url), targets_file=file)) as exporter:
            first = await exporter.get("/probe?target=one")
            second = await exporter.get("/probe?target=other")
    assert first.value("drawbridge_up") == 1
    assert second.value("drawbridge_up") == 0
    assert "process_" not in first.text
    assert "drawbridge_exporter_" not in first.text


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("?target=", 400), ("?target=none", 404), ("?target=http://127.0.0.1:1", 404)]
)
async def test_only_names_are_probed(bridge: BridgeServer, tmp_path: Path, query: str, status: int) -> None:
    """Never an address of the caller's choice."""
    file = targets_file(tmp_path, {"cabin": bridge.url})
    async with serving(replace(settings_for(bridge.url), targets_file=file)) as exporter:
        assert (await exporter.get("/probe" + query)).status == status
    assert bridge.requests == 0


async def test_without_the_environments_target_metrics_are_the_exporters(bridge: BridgeServer, tmp_path: Path) -> None:
    """No target, no drawbridge_up: nothing that looks like a bridge that is down."""
    file = targets_file(tmp_path, {"cabin": bridge.url})
    async with serving(replace(settings_for(bridge.url), target=None, targets_file=file)) as exporter:
        answer = await exporter.get("/metrics")
    assert answer.value("drawbridge_up") is None
    assert answer.value("drawbridge_exporter_build_info", {"version": "0.1.0"}) == 1
    assert answer.value("drawbridge_exporter_config_last_reload_successful") == 1


class TestChange:
    """The file is read again when it has changed."""

    async def test_a_new_target_is_found(self, bridge: BridgeServer, tmp_path: Path) -> None:
        """Without a restart and without a word."""
        file = targets_file(tmp_path, {"cabin": bridge.url})
        async with serving(replace(settings_for(bridge.url), targets_file=file)) as exporter:
            assert (await exporter.get("/probe?target=barn")).status == 404
            targets_file(tmp_path, {"cabin": bridge.url, "barn": bridge.url})
            assert probed((await exporter.get("/probe?target=barn")).text)
            assert "2 targets" not in (await exporter.get("/-/healthy")).text

    async def test_a_file_with_problems_leaves_the_targets(self, bridge: BridgeServer, tmp_path: Path) -> None:
        """And a metric says so, until it is mended."""
        file = targets_file(tmp_path, {"cabin": bridge.url})
        async with serving(replace(settings_for(bridge.url), targets_file=file)) as exporter:
            file.write_text("targets: [")
            assert probed((await exporter.get("/probe?target=cabin")).text)
            assert await self.successful(exporter) == 0
            targets_file(tmp_path, {"barn": bridge.url})
            assert (await exporter.get("/probe?target=cabin")).status == 404
            assert await self.successful(exporter) == 1

    async def test_a_reload_tells_the_problems(
        self, bridge: BridgeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The response and the log list the problems with their lines."""
        file = targets_file(tmp_path, {"cabin": bridge.url})
        async with serving(replace(settings_for(bridge.url), targets_file=file)) as exporter:
            assert (await exporter.request("POST", "/-/reload")).status == 200
            file.write_text(HEAD + URL_LINE)
            answer = await exporter.request("PUT", "/-/reload")
            assert answer.status == 500
            assert f"{file}:3: targets.cabin: has no key_file." in answer.text
            assert f"stay in use: {file}:3: targets.cabin: has no key_file." in caplog.text

    async def test_a_link_does_not_reload(self, bridge: BridgeServer) -> None:
        """A GET changes nothing."""
        async with serving(settings_for(bridge.url)) as exporter:
            assert (await exporter.get("/-/reload")).status == 405

    @staticmethod
    async def successful(exporter: Exporter) -> float | None:
        """Return what the metric says of the last reading."""
        return (await exporter.get("/metrics")).value("drawbridge_exporter_config_last_reload_successful")


async def test_the_landing_page_shows_every_target(tmp_path: Path) -> None:
    """With a link to each one's metrics."""
    async with running_bridge() as one, running_bridge() as other:
        other.status = 404
        file = targets_file(tmp_path, {"cabin": one.url, "barn": other.url})
        async with serving(replace(settings_for(one.url), target=None, targets_file=file)) as exporter:
            text = (await exporter.get("/")).text
    assert "1 of 2 targets up" in text
    assert 'href="/probe?target=cabin"' in text
    assert "no Drawbridge at this address" in text


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("targets: [", 1, "is not YAML"),
        ("- a", 1, "is not a mapping"),
        ("", 1, "has no targets"),
        ("target:\n", 1, "Did you mean targets?"),
        ("targets:\n  - a\n", 2, "is not a mapping"),
        (HEAD + KEY_LINE, 3, "targets.cabin: has no url"),
        (HEAD + URL_LINE, 3, "targets.cabin: has no key_file"),
        (HEAD + "    url: cabin\n" + KEY_LINE, 3, "targets.cabin.url: not an http://"),
        (HEAD + URL_LINE + "    key_file: none.key\n", 4, "cannot read"),
        (HEAD + URL_LINE + KEY_LINE + "    key: dbk_\n", 5, "targets.cabin.key: is unknown. Did you mean key_file?"),
        (HEAD + URL_LINE + KEY_LINE + "    timeout: soon\n", 5, "targets.cabin.timeout: 'soon' is not a number"),
        (HEAD + URL_LINE + KEY_LINE + "    ca_file: none.pem\n", 5, "cannot read"),
        (HEAD + URL_LINE + KEY_LINE + "    url: http://x\n", 5, "is duplicated"),
        (HEAD + URL_LINE + KEY_LINE + "  cabin:\n", 5, "targets.cabin: is duplicated"),
        ("targets:\n  a b:\n" + URL_LINE + KEY_LINE, 3, "is not a valid name"),
        (HEAD + "    url:\n" + KEY_LINE, 3, "has no value"),
        (HEAD + "    url: [a]\n" + KEY_LINE, 3, "has no value"),
    ],
)
def test_a_problem_names_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    """As a compiler does, so that an editor can jump there."""
    file = targets_file(tmp_path, {})
    file.write_text(text)
    with pytest.raises(ConfigFileError) as caught:
        read_targets(file, DEFAULTS)
    [problem] = caught.value.problems
    assert problem.startswith(f"{file}:{line}: ")
    assert said in problem


def test_all_problems_are_told_together(tmp_path: Path) -> None:
    """In the order of the file."""
    file = targets_file(tmp_path, {"a": "http://a", "b": "b"})
    file.write_text(file.read_text() + "    timeout: x\n    colour: red\n")
    with pytest.raises(ConfigFileError) as caught:
        read_targets(file, DEFAULTS)
    assert [problem.split(":")[1] for problem in caught.value.problems] == ["6", "8", "9"]


def test_a_target_has_its_own_limits(tmp_path: Path) -> None:
    """And the defaults where it says nothing."""
    file = targets_file(tmp_path, {"a": "http://a", "b": "http://b"})
    file.write_text(file.read_text() + "    timeout: 5\n")
    targets = read_targets(file, DEFAULTS)
    assert (targets["a"].timeout, targets["b"].timeout) == (30.0, 5.0)


async def test_config_check_tells_problems_without_serving(tmp_path: Path) -> None:
    """For a pipeline: status 0 or 2."""
    file = targets_file(tmp_path, {"cabin": "http://cabin:8123"})
    good = await run_exporter("--config.check", f"--config.file={file}")
    assert (good.status, good.output) == (0, "drawbridge-exporter: the settings are valid\n")
    file.write_text(HEAD + KEY_LINE)
    bad = await run_exporter("--config.check", f"--config.file={file}")
    assert bad.status == 2
    assert f"{file}:3: targets.cabin: has no url." in bad.output
