"""Checks of Kubernetes manifests: roles, network policies, Pod Security and the mesh."""

from typing import Any, Final

from .deployed import deployment_check
from .deployment import kubernetes
from .deployment.files import Deployment
from .model import Verdict, failed, passed

_NONE: Final = "The deployment files have no objects of Kubernetes."
_ROLES: Final = ("Role", "ClusterRole")
_ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_LEVELS: Final = frozenset({"restricted", "baseline"})
_SIDECARS: Final = ("istio-injection", "istio.io/rev", "linkerd.io/inject", "istio.io/dataplane-mode")


def rbac(found: Deployment) -> Verdict:
    """Check that pods have no token of the Kubernetes API, and that roles have no wildcards."""
    if not found.objects:
        return passed(_NONE)
    broad = [_name(role) for role in found.of_kind(*_ROLES) if "*" in _words(role.get("rules", ()))]
    if broad:
        return failed(f"Roles with wildcards: {', '.join(broad)}.", "Name the verbs and resources that are needed.")
    mounted = [
        _name(item)
        for item in found.objects
        for pod in kubernetes.pods(item)
        if pod.get("automountServiceAccountToken") is not False and not found.of_kind("RoleBinding")
    ]
    if mounted:
        return failed(
            f"Pods with a token of the Kubernetes API that they do not need: {', '.join(mounted)}.",
            "Set automountServiceAccountToken: false.",
        )
    return passed("Pods have no token that they do not need, and no role has a wildcard.")


def _words(rules: Any) -> set[str]:  # noqa: ANN401 - YAML
    """Return all verbs, resources and groups of some rules."""
    return {str(word) for rule in rules for words in rule.values() for word in words}


def network(found: Deployment) -> Verdict:
    """Check that traffic is denied unless a policy allows it."""
    if not found.objects:
        return passed(_NONE)
    policies = [item["spec"] for item in found.of_kind("NetworkPolicy")]
    denied = {kind for spec in policies if not spec.get("podSelector") for kind in spec.get("policyTypes", ["Ingress"])}
    if missing := {"Ingress", "Egress"} - denied:
        return failed(
            f"No policy denies {' and '.join(sorted(missing))} by default.",
            "Add a NetworkPolicy with an empty podSelector, as deploy/base/networkpolicy.yaml.",
        )
    return passed(f"{len(policies)} network policies; traffic in both directions is denied by default.")


def pod_security(found: Deployment) -> Verdict:
    """Check that the namespace enforces a Pod Security Standard."""
    if not found.objects:
        return passed(_NONE)
    levels = {_name(item): _labels(item).get(_ENFORCE, "none") for item in found.of_kind("Namespace")}
    if not levels:
        return failed("The deployment files have no Namespace.", "Add it with the label " + _ENFORCE + ": restricted.")
    if weak := [name for name, level in levels.items() if level not in _LEVELS]:
        return failed(f"No Pod Security Standard in {', '.join(weak)}.", f"Add the label {_ENFORCE}: restricted.")
    return passed("; ".join(f"{name} enforces {level}" for name, level in levels.items()) + ".")


def mesh(found: Deployment) -> Verdict:
    """Check that a mesh, if there is one, accepts only encrypted connections."""
    if not found.objects:
        return passed(_NONE)
    joined = [_name(item) for item in found.objects if any(label in _marks(item) for label in _SIDECARS)]
    if not joined:
        return passed("Nothing in the deployment files is part of a service mesh.")
    strict = [
        item
        for item in found.of_kind("PeerAuthentication")
        if item.get("spec", {}).get("mtls", {}).get("mode") == "STRICT"
    ]
    if strict or any("linkerd.io/inject" in _marks(item) for item in found.objects):
        return passed(f"{', '.join(joined)} is part of a mesh with encrypted connections.")
    return failed(
        f"{', '.join(joined)} is part of a mesh that also accepts plain connections.",
        "Add a PeerAuthentication with mtls.mode: STRICT.",
    )


def _name(item: kubernetes.Object) -> str:
    return f"{item['kind']} {item['metadata'].get('name', '')}"


def _labels(item: kubernetes.Object) -> dict[str, str]:
    return item["metadata"].get("labels") or {}


def _marks(item: kubernetes.Object) -> set[str]:
    return {*_labels(item), *(item["metadata"].get("annotations") or {})}


CHECKS: Final = (
    deployment_check("kubernetes-rbac", "Kubernetes: roles", "check RBAC in the exporter's namespace.", rbac),
    deployment_check("kubernetes-network", "Kubernetes: network policies", "check the network policies.", network),
    deployment_check("kubernetes-pods", "Kubernetes: Pod Security", "check Pod Security.", pod_security),
    deployment_check("kubernetes-mesh", "Kubernetes: service mesh", "check the service mesh.", mesh),
)
