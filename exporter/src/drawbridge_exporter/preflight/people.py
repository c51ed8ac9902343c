"""What only people can confirm, with what to look at."""

from typing import Final

from .context import Context
from .model import Check, Finding, needs_person

_ITEMS: Final = (
    (
        "Security",
        "vault",
        "Secrets are kept in a vault",
        "Where do the key files and passwords come from? Not from a repository or a chat.",
    ),
    (
        "Security",
        "firewall",
        "Firewall and network segments",
        "Which networks reach Home Assistant's port? Only those that need it should.",
    ),
    (
        "Security",
        "ddos",
        "Protection from floods",
        "Is Home Assistant open to the internet? Then a proxy or tunnel in front should limit requests.",
    ),
    (
        "Security",
        "at-rest",
        "Data at rest are encrypted",
        "Disk or volume encryption of Home Assistant, Prometheus and backups.",
    ),
    (
        "Security",
        "retention",
        "Retention is decided",
        "How long do recorder, Prometheus and audit log keep what they have?",
    ),
    (
        "Security",
        "penetration",
        "A penetration test was made",
        "By somebody who did not build it; its findings are closed.",
    ),
    (
        "Security",
        "compliance",
        "Data protection was looked at",
        "Who may see states of people's homes, and do those people know?",
    ),
    (
        "Infrastructure",
        "images",
        "Container images were scanned",
        "Base images are current and scanned; limits are set.",
    ),
    (
        "Infrastructure",
        "kubernetes",
        "Kubernetes policies, if it is used",
        "RBAC, network policies and pod security of the exporter's namespace.",
    ),
    (
        "Infrastructure",
        "certificates",
        "Certificates renew themselves",
        "When was the last renewal, and who hears of a failed one?",
    ),
    (
        "Infrastructure",
        "capacity",
        "Limits and capacity are planned",
        "Memory and CPU of the machine at the peak that the load test showed.",
    ),
    (
        "Operation",
        "log-aggregation",
        "Logs are gathered",
        "Home Assistant's and the exporter's logs reach one place, and are kept.",
    ),
    (
        "Operation",
        "restore",
        "A restore was tried",
        "The backup was restored on another machine, and a key worked there.",
    ),
    (
        "Operation",
        "backup-encryption",
        "Backups are encrypted and elsewhere",
        "A copy is not on Home Assistant's own disk, and has a password.",
    ),
    (
        "Operation",
        "rollback",
        "A rollback was tried",
        "The version of before, with the backup of before; how long did it take?",
    ),
    (
        "Operation",
        "incident",
        "Who does what in an incident",
        "Names, numbers and the runbooks; who rotates a leaked key?",
    ),
    ("Operation", "updates", "Updates are scheduled", "Home Assistant, Drawbridge, the exporter and their machines."),
    ("Sign-off", "review", "Code, security and performance were reviewed", "By whom, and when?"),
    ("Sign-off", "trained", "The team is trained", "Everybody on call has seen the dashboard and a runbook."),
    ("Sign-off", "approved", "Go-live is approved", "By the owner of the product and by security."),
)


def _check(section: str, item: str, title: str, look: str) -> Check:
    async def run(_context: Context) -> Finding:
        return needs_person("Cannot be seen from here.", look)

    return Check(section, item, title, run)


CHECKS: Final = tuple(_check(*item) for item in _ITEMS)
