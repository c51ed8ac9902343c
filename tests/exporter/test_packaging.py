"""Image, unit, compose file, app and Alertmanager example: each is checked as far as it can be without its engine."""

import configparser
import shutil
import struct
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.app.run import VARIABLES, environment

EXPORTER = Path(__file__).parents[2] / "exporter"
IMAGES = ("icon.png", "logo.png")
PROJECT = tomllib.loads((EXPORTER / "pyproject.toml").read_text())["project"]


def read_yaml(path: str) -> Any:
    """Return a YAML file of the exporter's folder."""
    return yaml.safe_load((EXPORTER / path).read_text())


@pytest.mark.parametrize("file", ["Dockerfile", "app/Dockerfile"])
def test_hadolint_finds_no_fault(file: str) -> None:
    """Hadolint finds no problem in the Dockerfile and its shell commands."""
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, EXPORTER / file], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_as_nobody() -> None:
    """The image has an unprivileged user, a health check, labels, and only the packages of the lock file."""
    text = (EXPORTER / "Dockerfile").read_text()
    assert "\nUSER 65532:65532\n" in text
    assert "\nHEALTHCHECK " in text
    assert f'org.opencontainers.image.version="{PROJECT["version"]}"' in text
    assert "--require-hashes" in text


def test_the_lock_file_has_every_dependency() -> None:
    """The lock file has every dependency with hashes."""
    lines = (EXPORTER / "requirements.txt").read_text().lower().splitlines()
    pinned = {line.split("==")[0] for line in lines if "==" in line}
    wanted = {dependency.split(">")[0].lower() for dependency in PROJECT["dependencies"]}
    assert wanted <= pinned
    assert sum("--hash=sha256:" in line for line in lines) >= len(pinned)


def test_the_lock_file_for_tracing_has_the_same_versions() -> None:
    """The lock file for tracing has the same versions, and those of the extra, with hashes."""

    def pins(name: str) -> set[str]:
        lines = (EXPORTER / name).read_text().lower().splitlines()
        return {line.removesuffix(" \\") for line in lines if "==" in line}

    tracing = pins("requirements-tracing.txt")
    assert pins("requirements.txt") < tracing
    extra = {dependency.split(">")[0].lower() for dependency in PROJECT["optional-dependencies"]["tracing"]}
    assert extra <= {pin.split("==")[0] for pin in tracing}
    hashes = (EXPORTER / "requirements-tracing.txt").read_text().count("--hash=sha256:")
    assert hashes >= len(tracing)


def test_the_unit_is_hardened() -> None:
    """The unit has no privileges, no writable file and no home. The key is a credential."""
    unit = configparser.ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # as the standard library's documentation has it
    unit.read_string((EXPORTER / "systemd" / "drawbridge-exporter.service").read_text())
    service = unit["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == service["PrivateTmp"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["LoadCredential"].startswith("key:")
    assert service["Environment"] == "BRIDGE_API_KEY_FILE=%d/key"


class TestCompose:
    """The exporter, Prometheus and Grafana side by side."""

    services: dict[str, Any] = read_yaml("compose/compose.yaml")["services"]

    @pytest.mark.parametrize("name", ["exporter", "prometheus", "alertmanager", "grafana"])
    def test_each_service_is_confined(self, name: str) -> None:
        """Read-only, without capabilities, with a bound on memory, on this machine alone."""
        service = self.services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["mem_limit"]
        assert service["mem_reservation"]
        assert service["cpus"] <= 1
        assert service["pids_limit"]
        assert not service["user"].startswith("0")
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        assert ":latest" not in service["image"]
        assert ":" in service["image"]

    def test_what_is_mounted_is_there(self) -> None:
        """Every mounted path exists in this repository."""
        mounts = [mount.split(":")[0] for service in self.services.values() for mount in service.get("volumes", ())]
        for path in (mount for mount in mounts if mount.startswith(".")):
            assert (EXPORTER / "compose" / path).exists()

    def test_the_key_is_a_secret(self) -> None:
        """The key is a secret: it is in no variable, and git ignores its file."""
        variables = self.services["exporter"]["environment"]
        assert "BRIDGE_API_KEY" not in variables
        assert variables["BRIDGE_API_KEY_FILE"].startswith("/run/secrets/")
        assert "bridge.key" in (EXPORTER / "compose" / ".gitignore").read_text().splitlines()

    def test_prometheus_takes_its_configuration(self, promtool: str) -> None:
        """Prometheus accepts the configuration, with the rules and the exporter."""
        path = EXPORTER / "compose" / "prometheus.yml"
        checked = subprocess.run([promtool, "check", "config", "--syntax-only", path], capture_output=True, check=False)  # noqa: S603 - promtool
        assert checked.returncode == 0
        assert read_yaml("compose/prometheus.yml")["scrape_configs"][0]["static_configs"][0]["targets"] == [
            "exporter:9123"
        ]

    def test_prometheus_sends_alerts_to_alertmanager(self) -> None:
        """Prometheus sends alerts to the Alertmanager service, which uses the example."""
        [manager] = read_yaml("compose/prometheus.yml")["alerting"]["alertmanagers"]
        assert manager["static_configs"][0]["targets"] == ["alertmanager:9093"]
        service = self.services["alertmanager"]
        assert "--config.file=/etc/alertmanager/alertmanager.yml" in service["command"]
        assert "../alertmanager:/etc/alertmanager:ro" in service["volumes"]

    def test_grafana_finds_data_and_dashboard(self) -> None:
        """Grafana finds its data source and the dashboards under the names in the other files."""
        [source] = read_yaml("compose/grafana/provisioning/datasources/prometheus.yml")["datasources"]
        [provider] = read_yaml("compose/grafana/provisioning/dashboards/drawbridge.yml")["providers"]
        assert source["url"] == "http://prometheus:9090"
        assert any(mount.split(":")[1] == provider["options"]["path"] for mount in self.services["grafana"]["volumes"])


class TestApp:
    """The app for Home Assistant OS."""

    config: dict[str, Any] = read_yaml("app/config.yaml")

    def test_its_version_is_the_packages(self) -> None:
        """The app has the version of the package that its image installs."""
        assert self.config["version"] == PROJECT["version"]

    def test_every_option_is_explained_and_passed_on(self) -> None:
        """Every option of the app has a text, and becomes a variable of the exporter."""
        texts = read_yaml("app/translations/en.yaml")
        assert set(self.config["schema"]) == set(texts["configuration"]) == set(VARIABLES)
        assert set(self.config["options"]) <= set(self.config["schema"])
        assert set(self.config["ports"]) == set(texts["network"])

    def test_it_has_what_the_store_shows(self) -> None:
        """Icon and logo in recommended sizes, a changelog, documents, and an AppArmor profile."""
        sizes = {name: struct.unpack(">II", (EXPORTER / "app" / name).read_bytes()[16:24]) for name in IMAGES}
        assert sizes["icon.png"][0] == sizes["icon.png"][1] >= 128
        assert sizes["logo.png"][1] >= 100
        assert (EXPORTER / "app" / "DOCS.md").exists()
        assert f"## {self.config['version']}\n" in (EXPORTER / "app" / "CHANGELOG.md").read_text()
        assert f"profile {self.config['slug']} " in (EXPORTER / "app" / "apparmor.txt").read_text()
        assert self.config.get("apparmor", True) is True

    def test_apparmor_reads_the_profile(self) -> None:
        """apparmor_parser accepts the profile, if it is installed."""
        parser = shutil.which("apparmor_parser")
        if parser is None:
            pytest.skip("apparmor_parser is not installed")
        profile = EXPORTER / "app" / "apparmor.txt"
        done = subprocess.run([parser, "-Q", "-K", profile], capture_output=True, text=True, check=False)  # noqa: S603 - apparmor_parser
        assert done.returncode == 0, done.stderr

    def test_the_options_become_variables(self) -> None:
        """Options become variables. Unknown options are left out."""
        options = {"url": "http://homeassistant:8123", "key": "dbk_x", "log_level": "info", "other": 1}
        assert environment(options) == {
            "HA_BASE_URL": "http://homeassistant:8123",
            "BRIDGE_API_KEY": "dbk_x",
            "BRIDGE_LOG_LEVEL": "info",
        }


def test_alertmanager_has_every_receiver() -> None:
    """Each route has a receiver, and each inhibition names existing alerts."""
    config = read_yaml("alertmanager/alertmanager.yml")
    receivers = {receiver["name"] for receiver in config["receivers"]}
    routes = [config["route"], *config["route"]["routes"]]
    assert {route["receiver"] for route in routes} == receivers
    intervals = {interval["name"] for interval in config["time_intervals"]}
    assert {name for route in routes for name in route.get("active_time_intervals", ())} <= intervals
