"""Checklist items that only a person can confirm, each with instructions."""

from typing import Final

from .context import Context
from .model import Check, Verdict, needs_person

_ITEMS: Final = (
    (
        "Security",
        "ddos",
        "Protection against denial of service",
        "If Home Assistant is reachable from the internet, limit requests in a reverse proxy or tunnel.",
    ),
    (
        "Security",
        "at-rest",
        "Data at rest is encrypted",
        "Check that the disks or volumes of Home Assistant, Prometheus and the backups are encrypted.",
    ),
    (
        "Security",
        "penetration",
        "A penetration test was done",
        "Have the system tested by somebody who did not build it, and fix the findings.",
    ),
    (
        "Security",
        "compliance",
        "Data protection was reviewed",
        "Check who can see states from people's homes, and that these people are informed.",
    ),
    (
        "Operation",
        "incident",
        "Incident response is defined",
        "Document contacts and runbooks, and who rotates a leaked key.",
    ),
    (
        "Operation",
        "plan",
        "Business continuity is planned",
        "Define what people do while the bridge is down, and who decides.",
    ),
    (
        "Operation",
        "contacts",
        "Contacts are known",
        "Document who leads development, operations and security, and whom to contact in an emergency.",
    ),
    (
        "Sign-off",
        "documentation",
        "Documentation is complete",
        "Check that your own notes describe this installation, and that somebody else has followed them.",
    ),
    (
        "Sign-off",
        "acceptance",
        "Requirements are met and accepted",
        "Have the people who use the clients confirm that they work.",
    ),
    ("Sign-off", "review", "Code, security and performance were reviewed", "Record who did the reviews, and when."),
    ("Sign-off", "trained", "The team is trained", "Show the dashboard and a runbook to everybody on call."),
    ("Sign-off", "approved", "Go-live is approved", "Get the approval of the product owner and of security."),
)


def _check(section: str, item: str, title: str, look: str) -> Check:
    async def run(_context: Context) -> Verdict:
        return needs_person("Preflight cannot check this.", look)

    return Check(section, item, title, run, needs_bridge=False, question=look)


CHECKS: Final = tuple(_check(*item) for item in _ITEMS)
