"""The manifests for Kubernetes: they build, they refer to what exists, and they hold Pod Security restricted."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from drawbridge_exporter.config.options import OPTIONS
from drawbridge_exporter.config.yamlfile import YamlFile
from scripts.build_prometheus_rule import TARGET, prometheus_rule

DEPLOY = Path(__file__).parents[2] / "deploy"
OVERLAYS = ("base", "overlays/prometheus-operator", "overlays/external-secrets")

type Json = dict[str, Any]


def documents(folder: Path) -> list[Json]:
    """Return the objects of a folder and of those that its kustomization refers to."""
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    found: list[Json] = []
    for name in kustomization["resources"]:
        path = (folder / name).resolve()
        found += documents(path) if path.is_dir() else yaml.safe_load_all(path.read_text())
    return found


@cache
def built() -> dict[tuple[str, str], Json]:
    """Return the objects of the last overlay, which has all of them, by kind and name."""
    found = documents(DEPLOY / OVERLAYS[-1])
    named = {(item["kind"], item["metadata"]["name"]): item for item in found}
    assert len(named) == len(found)
    return named


def pod() -> Json:
    """Return the template of the exporter's pods."""
    template: Json = built()["Deployment", "drawbridge-exporter"]["spec"]["template"]
    return template


def container() -> Json:
    """Return the only container."""
    [only] = pod()["spec"]["containers"]
    found: Json = only
    return found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kustomize_builds_it(overlay: str) -> None:
    """Kustomize builds the files, if kubectl is installed."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    done = subprocess.run([kubectl, "kustomize", DEPLOY / overlay], capture_output=True, text=True, check=False)  # noqa: S603 - kubectl
    assert done.returncode == 0, done.stderr
    found = list(yaml.safe_load_all(done.stdout))
    assert len(found) == len(documents(DEPLOY / overlay)) + 1, "all objects and the generated ConfigMap"
    assert {item["metadata"].get("namespace") for item in found if item["kind"] != "Namespace"} == {"drawbridge"}


def test_every_file_is_used() -> None:
    """Every file is part of a kustomization."""
    used = {
        (folder / name).resolve()
        for folder in (DEPLOY / overlay for overlay in OVERLAYS)
        for name in yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    }
    files = {path for path in DEPLOY.rglob("*.yaml") if path.name != "kustomization.yaml"}
    assert files <= used


class TestPodSecurity:
    """What the profile *restricted* of the Pod Security Standards demands."""

    def test_the_namespace_enforces_it(self) -> None:
        """The namespace enforces the standard, so that other pods are not admitted."""
        labels = built()["Namespace", "drawbridge"]["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"

    def test_the_pod_holds_it(self) -> None:
        """The pod has no root user, no privileges, no capabilities, the default seccomp profile and no host volumes."""
        spec, security = pod()["spec"], container()["securityContext"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert {next(kind for kind in volume if kind != "name") for volume in spec["volumes"]} <= {
            "configMap",
            "secret",
        }
        assert not spec.keys() & {"hostNetwork", "hostPID", "hostIPC"}

    def test_the_file_system_is_read_only(self) -> None:
        """The file system and the mounts are read-only."""
        assert container()["securityContext"]["readOnlyRootFilesystem"] is True
        assert all(mount["readOnly"] for mount in container()["volumeMounts"])

    def test_the_account_can_do_nothing(self) -> None:
        """The service account has no token and no role."""
        assert pod()["spec"]["automountServiceAccountToken"] is False
        assert built()["ServiceAccount", "drawbridge-exporter"]["automountServiceAccountToken"] is False
        assert not any(kind in {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"} for kind, _ in built())


class TestReferences:
    """Names, labels and ports fit together."""

    def test_selectors_select_the_pods(self) -> None:
        """The selectors of the Deployment, the Service, the budget and the policy select the pods."""
        labels = pod()["metadata"]["labels"].items()
        deployment = built()["Deployment", "drawbridge-exporter"]["spec"]["selector"]["matchLabels"]
        service = built()["Service", "drawbridge-exporter"]["spec"]["selector"]
        budget = built()["PodDisruptionBudget", "drawbridge-exporter"]["spec"]["selector"]["matchLabels"]
        policy = built()["NetworkPolicy", "drawbridge-exporter"]["spec"]["podSelector"]["matchLabels"]
        for selector in (deployment, service, budget, policy):
            assert selector
            assert selector.items() <= labels

    def test_the_port_is_the_same_everywhere(self) -> None:
        """The port is referred to by its name, and in the Probe by its number."""
        [port] = container()["ports"]
        [service] = built()["Service", "drawbridge-exporter"]["spec"]["ports"]
        [ingress] = built()["NetworkPolicy", "drawbridge-exporter"]["spec"]["ingress"]
        [endpoint] = built()["ServiceMonitor", "drawbridge-exporter"]["spec"]["endpoints"]
        names = {port["name"], service["targetPort"], service["name"], ingress["ports"][0]["port"], endpoint["port"]}
        assert names == {"http"}
        assert f"--web.listen-address=:{port['containerPort']}" in container()["args"]
        prober = built()["Probe", "drawbridge"]["spec"]["prober"]
        assert prober == {"url": f"drawbridge-exporter.drawbridge.svc:{service['port']}", "path": "/probe"}

    def test_the_service_monitor_selects_the_service(self) -> None:
        """The ServiceMonitor selects the Service by its labels."""
        wanted = built()["ServiceMonitor", "drawbridge-exporter"]["spec"]["selector"]["matchLabels"].items()
        assert wanted <= built()["Service", "drawbridge-exporter"]["metadata"]["labels"].items()

    def test_the_jobs_are_those_of_the_alerts(self) -> None:
        """The names of the jobs contain drawbridge, as the alerts require."""
        assert "drawbridge" in built()["Probe", "drawbridge"]["spec"]["jobName"]
        assert "drawbridge" in built()["Service", "drawbridge-exporter"]["metadata"]["name"]

    def test_flags_and_probes_exist(self) -> None:
        """The exporter accepts the arguments and serves the paths of the probes."""
        flags = {option.flag for option in OPTIONS}
        assert {argument.partition("=")[0] for argument in container()["args"]} <= flags
        paths = {container()[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
        assert paths == {"/-/ready", "/-/healthy"}

    def test_the_targets_and_the_probe_name_the_same_homes(self) -> None:
        """The targets file and the Probe have the same homes, and each key file is in the mounted secret."""
        targets = YamlFile(DEPLOY / "base" / "targets.yml").root().mapping()["targets"].mapping()
        assert built()["Probe", "drawbridge"]["spec"]["targets"]["staticConfig"]["static"] == list(targets)
        mounts = {mount["name"]: mount["mountPath"] for mount in container()["volumeMounts"]}
        secret = built()["ExternalSecret", "drawbridge-keys"]["spec"]["target"]
        for home in targets.values():
            folder, _, name = home.mapping()["key_file"].text().rpartition("/")
            assert folder == mounts["keys"]
            assert name in secret["template"]["data"]
        volumes = {volume["name"]: volume for volume in pod()["spec"]["volumes"]}
        assert volumes["keys"]["secret"]["secretName"] == secret["name"]
        [generated] = yaml.safe_load((DEPLOY / "base" / "kustomization.yaml").read_text())["configMapGenerator"]
        assert volumes["targets"]["configMap"]["name"] == generated["name"]


def test_everything_is_denied_that_is_not_allowed() -> None:
    """All traffic is denied except from Prometheus, to DNS and to the homes."""
    deny = built()["NetworkPolicy", "default-deny"]["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    egress = built()["NetworkPolicy", "drawbridge-exporter"]["spec"]["egress"]
    assert {port["port"] for rule in egress for port in rule["ports"]} == {53, 443, 8123}


def test_a_pod_can_be_replaced_without_a_gap() -> None:
    """A new pod is ready before the old one stops, and a drain keeps one pod."""
    deployment = built()["Deployment", "drawbridge-exporter"]["spec"]
    assert deployment["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert deployment["replicas"] > built()["PodDisruptionBudget", "drawbridge-exporter"]["spec"]["minAvailable"]
    assert container()["resources"].keys() == {"requests", "limits"}
    assert all(set(part) == {"cpu", "memory"} for part in container()["resources"].values())


def test_no_secret_is_in_the_files() -> None:
    """The files contain no secret. Keys are references."""
    assert not any(kind == "Secret" for kind, _ in built())
    assert "dbk_" not in json.dumps([*built().values()])


def test_the_rules_are_those_of_the_exporter() -> None:
    """Run python -m scripts.build_prometheus_rule after a change."""
    assert yaml.safe_load(TARGET.read_text()) == prometheus_rule()


def test_promtool_reads_the_rules(promtool: str, tmp_path: Path) -> None:
    """Promtool accepts the rules in the form that the operator gives to Prometheus."""
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump(built()["PrometheusRule", "drawbridge"]["spec"]))
    done = subprocess.run([promtool, "check", "rules", path], capture_output=True, text=True, check=False)  # noqa: S603 - promtool
    assert done.returncode == 0, done.stdout + done.stderr
