"""Settings: all invalid settings are reported together, by name and with a fix."""

from argparse import ArgumentParser
from pathlib import Path

import pytest

from drawbridge_exporter.config.option import add_flags
from drawbridge_exporter.config.options import OPTIONS
from drawbridge_exporter.config.settings import Settings, SettingsError, read_settings
from drawbridge_exporter.config.values import KeySource, ListenAddress

from .documents import KEY

GOOD = {"HA_BASE_URL": "http://127.0.0.1:8123", "BRIDGE_API_KEY": KEY}


def read(environ: dict[str, str], *arguments: str) -> Settings:
    """Return the settings for an environment and a command line."""
    parser = ArgumentParser()
    add_flags(parser, OPTIONS)
    return read_settings(environ, parser.parse_args(arguments))


def url(settings: Settings) -> str:
    """Return the URL of the environment's target."""
    assert settings.target is not None
    return str(settings.target.url)


def key(settings: Settings) -> KeySource:
    """Return the key of the environment's target."""
    assert settings.target is not None
    return settings.target.key


def problems(environ: dict[str, str], *arguments: str) -> list[str]:
    """Return the problems, of which there must be some."""
    with pytest.raises(SettingsError) as caught:
        read(environ, *arguments)
    return caught.value.problems


def test_the_defaults_are_those_of_the_design() -> None:
    """Two variables are enough."""
    settings = read(GOOD)
    assert url(settings) == "http://127.0.0.1:8123/api/drawbridge"
    assert key(settings).read() == KEY
    assert settings.listen == (ListenAddress(None, 9123),)
    assert (settings.defaults.timeout, settings.pool_size) == (30.0, 20)
    assert (settings.metrics, settings.health_checks) == (True, True)
    assert (settings.log_level, settings.log_format) == ("INFO", "text")


def test_each_variable_is_read() -> None:
    """Nothing of the environment is ignored."""
    settings = read(
        GOOD
        | {
            "METRICS_PORT": "9200",
            "REQUEST_TIMEOUT": "12.5",
            "CONNECTION_POOL_SIZE": "3",
            "ENABLE_METRICS": "false",
            "ENABLE_HEALTH_CHECKS": "No",
            "BRIDGE_LOG_LEVEL": "debug",
            "BRIDGE_LOG_FORMAT": "JSON",
        }
    )
    assert settings.listen == (ListenAddress(None, 9200),)
    assert (settings.defaults.timeout, settings.pool_size) == (12.5, 3)
    assert (settings.metrics, settings.health_checks) == (False, False)
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")


def test_a_flag_wins_over_its_variable() -> None:
    """The command line has the last word, even over a wrong variable."""
    settings = read(
        GOOD | {"REQUEST_TIMEOUT": "never", "METRICS_PORT": "1"},
        "--bridge.timeout=5",
        "--web.listen-address=127.0.0.1:7",
        "--bridge.url=https://ha.example:1",
    )
    assert settings.defaults.timeout == 5.0
    assert settings.listen == (ListenAddress("127.0.0.1", 7),)
    assert url(settings) == "https://ha.example:1/api/drawbridge"


def test_each_flag_is_read() -> None:
    """Everything but the key itself can be said on the command line."""
    settings = read(
        {"BRIDGE_API_KEY": KEY},
        "--bridge.url=http://ha:1",
        "--bridge.pool-size=7",
        "--web.enable-metrics=false",
        "--web.enable-health-checks=off",
        "--log.level=error",
        "--log.format=json",
        "--config.file=targets.yml",
        "--web.config.file=web.yml",
    )
    assert settings.pool_size == 7
    assert (settings.metrics, settings.health_checks) == (False, False)
    assert (settings.log_level, settings.log_format) == ("ERROR", "json")
    assert (settings.targets_file, settings.web_config_file) == (Path("targets.yml"), Path("web.yml"))


def test_a_targets_file_is_enough() -> None:
    """The environment's target may then be left out, but not half of it."""
    assert read({"TARGETS_FILE": "targets.yml"}).target is None
    [problem] = problems({"TARGETS_FILE": "targets.yml", "HA_BASE_URL": GOOD["HA_BASE_URL"]})
    assert problem.startswith("BRIDGE_API_KEY_FILE: not set")


def test_an_empty_variable_is_not_set() -> None:
    """Compose files pass variables on that nobody has filled in."""
    assert read(GOOD | {"METRICS_PORT": "", "BRIDGE_API_KEY_FILE": " "}).listen[0].port == 9123


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("http://ha:8123", "http://ha:8123/api/drawbridge"),
        ("http://ha:8123/", "http://ha:8123/api/drawbridge"),
        ("https://ha.example/api/drawbridge", "https://ha.example/api/drawbridge"),
        ("https://ha.example/api/drawbridge/", "https://ha.example/api/drawbridge"),
        ("http://[::1]:8123", "http://[::1]:8123/api/drawbridge"),
        ("https://example.org/home", "https://example.org/home/api/drawbridge"),
    ],
)
def test_both_forms_of_the_url_are_understood(given: str, base: str) -> None:
    """Home Assistant's address or the bridge's, with or without a slash."""
    assert url(read(GOOD | {"HA_BASE_URL": given})) == base


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HA_BASE_URL", "homeassistant.local:8123", "not an http:// or https:// URL"),
        ("HA_BASE_URL", "ftp://ha", "not an http:// or https:// URL"),
        ("HA_BASE_URL", "http://ha:port", "not a URL"),
        ("HA_BASE_URL", "http://me:secret@ha:8123", "user name or password"),
        ("HA_BASE_URL", "http://ha:8123/?x=1", "query"),
        ("HA_BASE_URL", "http://ha:8123/api", "ends in /api"),
        ("BRIDGE_API_KEY", "dbk_short", "not a Drawbridge API key"),
        ("BRIDGE_API_KEY", "eyJhbGciOiJIUzI1NiJ9.e30.x", "Home Assistant token"),
        ("METRICS_PORT", "http", "not a whole number"),
        ("METRICS_PORT", "65536", "out of range"),
        ("REQUEST_TIMEOUT", "soon", "not a number of seconds"),
        ("REQUEST_TIMEOUT", "0", "not a number of seconds"),
        ("REQUEST_TIMEOUT", "inf", "not a number of seconds"),
        ("CONNECTION_POOL_SIZE", "0", "out of range"),
        ("BRIDGE_CA_FILE", "/nowhere/ca.pem", "cannot read"),
        ("BRIDGE_CA_FILE", __file__, "contains no certificate"),
        ("ENABLE_METRICS", "perhaps", "not a boolean"),
        ("ENABLE_HEALTH_CHECKS", "2", "not a boolean"),
        ("BRIDGE_LOG_LEVEL", "LOUD", "is unknown"),
        ("BRIDGE_LOG_FORMAT", "xml", "is unknown"),
    ],
)
def test_an_invalid_value_is_reported_with_its_fix(name: str, value: str, said: str) -> None:
    """The problem is one line with the variable, what is wrong, and how to fix it."""
    [problem] = problems(GOOD | {name: value})
    assert problem.startswith(f"{name}: ")
    assert said in problem
    assert any(word in problem for word in ("Check ", "Copy ", "Create ", "Remove ", "Set ", "Use "))


@pytest.mark.parametrize("value", ["9123", "host", "::1:9123", "host:99999", "host:"])
def test_a_wrong_listen_address_is_named_by_its_flag(value: str) -> None:
    """A value from a flag is reported with the name of the flag."""
    [problem] = problems(GOOD, f"--web.listen-address={value}")
    assert problem.startswith("--web.listen-address: ")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ([":9123", "127.0.0.1:9123"], "*:9123, 127.0.0.1:9123"),
        (["[::1]:9123", "[::1]:9123"], "[::1]:9123, [::1]:9123"),
        (["127.0.0.1:9123", "[::1]:9123", ":9124"], ""),
        ([":0", ":0"], ""),
    ],
)
def test_addresses_that_include_each_other_are_told(values: list[str], named: str) -> None:
    """The second one could only fail, as if another program used the port."""
    flags = [f"--web.listen-address={value}" for value in values]
    if named:
        told = [f"--web.listen-address: {named} include each other. Keep one of them."]
        assert problems(GOOD, *flags) == told
    else:
        assert len(read(GOOD, *flags).listen) == len(values)


def test_all_problems_are_told_together() -> None:
    """Nobody mends one only to meet the next."""
    told = problems({"METRICS_PORT": "x", "REQUEST_TIMEOUT": "x"})
    assert [line.split(":")[0] for line in told] == [
        "REQUEST_TIMEOUT",
        "HA_BASE_URL",
        "BRIDGE_API_KEY_FILE",
        "METRICS_PORT",
    ]


def test_a_wrong_key_is_never_repeated() -> None:
    """A problem is logged; what was pasted may be another service's secret."""
    [problem] = problems(GOOD | {"BRIDGE_API_KEY": "hunter2-hunter2"})
    assert "hunter2" not in problem


class TestKeyFile:
    """The key from a file, as Docker, Kubernetes and systemd give secrets."""

    def test_it_is_read_without_its_line_break(self, tmp_path: Path) -> None:
        """An editor ends a file with a line break, and one on Windows starts it with a byte order mark."""
        file = tmp_path / "key"
        file.write_text(KEY + "\n")
        assert key(read(self.environ(file))).read() == KEY
        file.write_bytes(b"\xef\xbb\xbf" + KEY.encode() + b"\r\n")
        assert key(read(self.environ(file))).read() == KEY

    def test_a_rotated_key_is_seen(self, tmp_path: Path) -> None:
        """The file is read again, so that a rotation requires no restart."""
        file = tmp_path / "key"
        file.write_text(KEY)
        source = key(read(self.environ(file)))
        file.write_text(KEY[::-1].replace("_kbd", "").join(["dbk_", ""]))
        assert source.read() != KEY

    def test_one_that_is_missing_is_told(self, tmp_path: Path) -> None:
        """The path is named."""
        [problem] = problems(self.environ(tmp_path / "none"))
        assert problem.startswith("BRIDGE_API_KEY_FILE: cannot read")
        assert str(tmp_path / "none") in problem

    @pytest.mark.parametrize("content", [b"", b"hunter2", b"\xff\xfe\x00"])
    def test_one_without_a_key_is_told(self, tmp_path: Path, content: bytes) -> None:
        """The error does not contain the content of the file."""
        file = tmp_path / "key"
        file.write_bytes(content)
        [problem] = problems(self.environ(file))
        assert problem.startswith("BRIDGE_API_KEY_FILE: ")
        assert "hunter2" not in problem
        assert ("is empty" in problem) is (not content)

    def test_both_ways_at_once_are_refused(self, tmp_path: Path) -> None:
        """Which of two keys counts should never be a guess."""
        file = tmp_path / "key"
        file.write_text(KEY)
        [problem] = problems(GOOD | self.environ(file))
        assert "BRIDGE_API_KEY_FILE" in problem

    @staticmethod
    def environ(file: Path) -> dict[str, str]:
        """Return an environment that names the file."""
        return {"HA_BASE_URL": GOOD["HA_BASE_URL"], "BRIDGE_API_KEY_FILE": str(file)}


def test_the_key_is_not_in_the_settings_text() -> None:
    """Settings may be logged or appear in a traceback."""
    assert KEY not in repr(read(GOOD))
