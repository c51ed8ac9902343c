"""The rows about keys, security and the exporter."""

from typing import Final

from exporter.dashboards.source.model import CHOSEN, NAMED, SELECTOR, Panel, Row, rate, value_of

OWN: Final = f"and on (instance, job) drawbridge_exporter_build_info{SELECTOR}"

KEYS: Final = Row(
    "Keys",
    (
        Panel(
            "API keys",
            "Times of creation, last use, last rotation and expiry. Remove keys that are not used.",
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
            "Requests per second.",
            ((f"{rate('key_requests_total', by='instance, key')} {NAMED}", "{{name}}"),),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Refused by key",
            "Requests per second with a valid key that were refused.",
            ((f"{rate('key_denied_total', by='instance, key')} {NAMED}", "{{name}}"),),
            unit="reqps",
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Keys used from new networks",
            "Networks (IPv4 /24, IPv6 /64) from which a key was used for the first time, in the last hour.",
            ((f"key:drawbridge_key_new_networks:increase1h{{{CHOSEN}}} {NAMED}", "{{name}}"),),
            decimals=0,
            width=24,
            runbooks=("DrawbridgeKeyNewNetwork",),
        ),
        Panel(
            "Rate limited by key",
            "Requests per second that were refused by the rate limit of the key.",
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
            "Authentication failures",
            "Requests per second without a valid key, by reason: missing, malformed, unknown, expired or disabled.",
            ((rate("auth_failures_total", by="reason"), "{{reason}}"),),
            unit="reqps",
            stack=True,
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Denied requests",
            "Requests per second with a valid key that does not have the permission, by reason.",
            ((rate("denied_total", by="reason"), "{{reason}}"),),
            unit="reqps",
            stack=True,
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Lock-outs",
            "Lock-outs started in the last 15 minutes, and addresses that are locked out now. The first lock-outs of an"
            " address last only a few seconds.",
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
            "Scrape duration",
            "Time that the exporter needed to read the bridge.",
            ((value_of("scrape_duration_seconds"), "{{instance}}"),),
            unit="s",
            width=6,
            runbooks=("DrawbridgeScrapeFailing",),
        ),
        Panel(
            "Scrape errors",
            "1 for the reason why the exporter could not read the bridge.",
            ((f"max by (reason) ({value_of('scrape_error')})", "{{reason}}"),),
            width=6,
            decimals=0,
            runbooks=("DrawbridgeDown",),
        ),
        Panel(
            "Clock skew",
            "Difference between the clocks of the bridge and the exporter. Positive if the bridge's clock is ahead.",
            ((value_of("clock_skew_seconds"), "{{instance}}"),),
            unit="s",
            width=6,
            runbooks=("DrawbridgeClockSkew",),
        ),
        Panel(
            "Memory of the exporter",
            "Resident memory of the exporter. It should not grow.",
            (
                (
                    f"process_resident_memory_bytes{{{CHOSEN}}} {OWN}",
                    "{{instance}}",
                ),
            ),
            unit="bytes",
            width=6,
        ),
        Panel(
            "Requests in progress",
            "Scrapes by Prometheus, requests to bridges, and the number of bridges. Each bridge has at most one request"
            " in progress.",
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
            "Connections to bridges",
            "Connections per second that the exporter opened, and requests per second over an open connection.",
            (
                (rate("exporter_connections_opened_total"), "opened {{instance}}"),
                (rate("exporter_connections_reused_total"), "reused {{instance}}"),
            ),
            unit="cps",
            width=24,
        ),
        Panel(
            "Scrapes of bridges by result",
            "Scrapes per second, by result: success, the reason of the failure, or refused by the exporter.",
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
