"""The objects of Kubernetes manifests."""

from collections.abc import Iterator
from typing import Any, Final

from .workload import Workload, is_pinned

_TEMPLATES: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"})
_RESOURCES: Final = frozenset({"memory", "cpu"})

type Object = dict[str, Any]


def is_object(document: object) -> bool:
    """Return whether a document is a Kubernetes object."""
    return isinstance(document, dict) and {"apiVersion", "kind"} <= document.keys() and "metadata" in document


def pods(item: Object) -> Iterator[Object]:
    """Yield the specification of the pods that an object runs."""
    if item["kind"] in _TEMPLATES:
        yield item["spec"]["template"]["spec"]
    elif item["kind"] == "Pod":
        yield item["spec"]
    elif item["kind"] == "CronJob":
        yield item["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def containers(item: Object, file: str) -> Iterator[Workload]:
    """Yield the containers of an object."""
    for pod in pods(item):
        for container in [*pod.get("initContainers", ()), *pod["containers"]]:
            yield _container(f"{file}: {item['metadata']['name']}/{container['name']}", item, pod, container)


def _container(name: str, item: Object, pod: Object, container: Object) -> Workload:
    security = pod.get("securityContext", {}) | container.get("securityContext", {})
    resources = container.get("resources", {})
    image = str(container.get("image", ""))
    return Workload(
        name=name,
        image=image,
        is_pinned=is_pinned(image),
        is_not_root=security.get("runAsNonRoot") is True and security.get("runAsUser") != 0,
        is_read_only=security.get("readOnlyRootFilesystem") is True,
        keeps_privileges=security.get("allowPrivilegeEscalation") is False and security.get("privileged") is not True,
        has_no_capabilities="ALL" in security.get("capabilities", {}).get("drop", ()),
        limits=_RESOURCES & resources.get("limits", {}).keys(),
        requests=_RESOURCES & resources.get("requests", {}).keys(),
        is_watched="readinessProbe" in container,
        restarts=pod.get("restartPolicy", "Always") != "Never",
        replicas=int(item["spec"].get("replicas", 1)),
        rolls=_rolls(item),
        variables={each["name"]: str(each.get("value", "")) for each in container.get("env", ())},
    )


def _rolls(item: Object) -> bool:
    """Return whether a Deployment starts a new pod before it stops an old one. That is its default for one replica."""
    strategy = item["spec"].get("strategy", {})
    if item["kind"] != "Deployment" or strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return False
    most = strategy.get("rollingUpdate", {}).get("maxUnavailable", "25%")
    return most in {0, "0", "0%"} or (most == "25%" and item["spec"].get("replicas", 1) < 4)  # noqa: PLR2004 - 25 % of 4 is 1
