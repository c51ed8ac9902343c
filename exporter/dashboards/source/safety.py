"""The rows that show who may what, and who watches: keys, security, exporter."""

from typing import Final

from exporter.dashboards.source.model import CHOSEN, NAMED, Panel, Row, rate, value_of

KEYS: Final = Row(
    "Keys",
    (
        Panel(
            "API keys",
            "When each was made, last used and rotated, and when it expires. A key that nobody uses should go.",
            (
                (f"{value_of('key_enabled')} {NAMED}", "enabled"),
                (f"{value_of('key_created_timestamp_seconds')} * 1000 {NAMED}", "created"),
                (f"{value_of('key_last_used_timestamp_seconds')} * 1000 {NAMED}", "used"),
                (f"{value_of('key_rotated_timestamp_seconds')} * 1000 {NAMED}", "rotated"),
                (f"{value_of('key_expiry_timestamp_seconds')} * 1000 {NAMED}", "expires"),
            ),
            kind="table",
            width=24,
            height=8,
            columns=(
                ("name", "Name", ""),
                ("key", "Key", ""),
                ("instance", "Bridge", ""),
                ("Value #A", "Enabled", "bool_yes_no"),
                ("Value #B", "Created", "dateTimeAsIso"),
                ("Value #C", "Last used", "dateTimeFromNow"),
                ("Value #D", "Rotated", "dateTimeAsIso"),
                ("Value #E", "Expires", "dateTimeAsIso"),
            ),
            runbooks=("DrawbridgeKeyUnused", "DrawbridgeKeyExpiring"),
        ),
        Panel(
            "Requests by key",
            "Requests a second.",
            ((f"{rate('key_requests_total', by='instance, key')} {NAMED}", "{{name}}"),),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Refused by key",
            "Requests a second that a good key was not allowed to make.",
            ((f"{rate('key_denied_total', by='instance, key')} {NAMED}", "{{name}}"),),
            unit="reqps",
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Rate limited by key",
            "Requests a second beyond a key's limit.",
            ((f"{rate('rate_limited_total', by='instance, key')} {NAMED}", "{{name}}"),),
            unit="reqps",
            runbooks=("DrawbridgeRefusalBurst",),
        ),
    ),
)

SECURITY: Final = Row(
    "Security",
    (
        Panel(
            "Refused for the key",
            "No key, a malformed one, or one that does not exist, is expired or disabled.",
            ((rate("auth_failures_total", by="reason"), "{{reason}}"),),
            unit="reqps",
            stack=True,
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Refused for the rights",
            "A good key that asked for more than it may.",
            ((rate("denied_total", by="reason"), "{{reason}}"),),
            unit="reqps",
            stack=True,
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Lock-outs",
            "Lock-outs started within 15 minutes, and addresses that are locked out now. The first lock-outs of an"
            " address take only seconds.",
            (
                (f"instance:drawbridge_lockouts_started:increase15m{{{CHOSEN}}}", "started {{instance}}"),
                (value_of("lockouts"), "locked out now {{instance}}"),
            ),
            decimals=0,
            runbooks=("DrawbridgeLockout",),
        ),
        Panel(
            "Audit records not written",
            "Records per second that were not written to the audit file, by reason: a flood, or a full disk.",
            ((rate("audit_dropped_total", by="reason"), "{{reason}}"),),
            unit="cps",
            width=24,
        ),
    ),
)

EXPORTER: Final = Row(
    "Exporter",
    (
        Panel(
            "Scrape",
            "Time that reading the bridge took.",
            ((value_of("scrape_duration_seconds"), "{{instance}}"),),
            unit="s",
            width=6,
            runbooks=("DrawbridgeScrapeFailing",),
        ),
        Panel(
            "Why the bridge could not be read",
            "1 for the reason of a scrape that failed.",
            ((f"max by (reason) ({value_of('scrape_error')})", "{{reason}}"),),
            width=6,
            decimals=0,
            runbooks=("DrawbridgeDown",),
        ),
        Panel(
            "Clock",
            "By how much the bridge's clock is ahead of the exporter's.",
            ((value_of("clock_skew_seconds"), "{{instance}}"),),
            unit="s",
            width=6,
            runbooks=("DrawbridgeClockSkew",),
        ),
        Panel(
            "Memory of the exporter",
            "Resident; it stays flat.",
            (
                (
                    f"process_resident_memory_bytes{{{CHOSEN}}} and on (instance, job) drawbridge_exporter_build_info",
                    "{{instance}}",
                ),
            ),
            unit="bytes",
            width=6,
        ),
        Panel(
            "Requests in progress",
            "Scrapes by Prometheus, requests to bridges, and bridges. Each bridge has one request at most.",
            (
                (value_of("exporter_scrapes_in_flight"), "scrapes {{instance}}"),
                (value_of("exporter_requests_in_flight"), "requests {{instance}}"),
                (value_of("exporter_targets"), "bridges {{instance}}"),
            ),
            width=12,
            decimals=0,
            runbooks=("DrawbridgeExporterSaturated",),
        ),
        Panel(
            "Scrapes of bridges by result",
            "Success, or the reason of the failure; and scrapes that the exporter refused.",
            (
                (rate("exporter_collections_total", by="result"), "{{result}}"),
                (rate("exporter_scrapes_refused_total"), "refused {{instance}}"),
            ),
            unit="cps",
            width=12,
            runbooks=("DrawbridgeExporterSaturated", "DrawbridgeDown"),
        ),
    ),
)
