"""The rows of the dashboard of all homes."""

from typing import Final

from exporter.dashboards.source.model import MATCHERS, SELECTOR, Panel, Row, Variable

JOBS: Final = Variable("job", "Job", "label_values(up{%(scrapeJobSelector)s}, job)")
CHOSEN: Final = 'job=~"$job"'
"""The matcher of every query: the jobs that are selected in the dashboard."""
WORST: Final = 20
"""How many homes a table has, so that it stays readable with thousands."""


def of_jobs(metric: str, labels: str = "") -> str:
    """Return a metric of the selected jobs."""
    return f"drawbridge_{metric}{{{MATCHERS}{CHOSEN}{labels}}}"


def recorded(rule: str) -> str:
    """Return the series of a recording rule for the selected jobs."""
    return f"{rule}{{{CHOSEN}}}"


KEY_ENDS: Final = recorded("key:drawbridge_key_expiry_timestamp_seconds:last1d")
ENDING_KEYS: Final = f"bottomk({WORST}, {KEY_ENDS} > time() and {KEY_ENDS} < time() + 30 * 86400)"
KEY_NAMES: Final = recorded("key:drawbridge_key_info:last1d")
CERTIFICATES: Final = (
    f"({recorded('instance:drawbridge_tls_certificate_expiry_timestamp_seconds:last1d')}"
    f" or {recorded('instance:drawbridge_listener_certificate_expiry_timestamp_seconds:last1d')})"
)
FIRING: Final = f'ALERTS{{alertname=~"Drawbridge.+", severity!="none", alertstate="firing", {CHOSEN}}}'
OWN: Final = f"and on (instance, job) drawbridge_exporter_build_info{SELECTOR}"

OVERVIEW: Final = Row(
    "All homes",
    (
        Panel(
            "Homes",
            "Homes that the exporter tries to read.",
            ((f"sum({recorded('job:drawbridge_up:count')})", "homes"),),
            kind="stat",
            width=4,
            height=5,
            decimals=0,
            runbooks=("DrawbridgeHomesMissing",),
        ),
        Panel(
            "Homes that are down",
            "Homes that the exporter cannot read.",
            ((f"count({of_jobs('up')} == 0) or vector(0)", "down"),),
            kind="stat",
            width=4,
            height=5,
            decimals=0,
            steps=(("green", None), ("red", 1)),
            runbooks=("DrawbridgeManyHomesDown", "DrawbridgeDown"),
        ),
        Panel(
            "Listeners that are down",
            "Homes whose listener is enabled but does not accept connections.",
            ((f"sum({recorded('job:drawbridge_listeners_down:count')})", "down"),),
            kind="stat",
            width=4,
            height=5,
            decimals=0,
            steps=(("green", None), ("red", 1)),
            runbooks=("DrawbridgeListenerDown",),
        ),
        Panel(
            "Keys that expire within 30 days",
            "API keys of all homes. Homes that are down count with the values of the last day.",
            ((f"sum({recorded('job:drawbridge_keys_expiring:count30d')})", "keys"),),
            kind="stat",
            width=4,
            height=5,
            decimals=0,
            steps=(("green", None), ("orange", 1)),
            runbooks=("DrawbridgeKeyExpiring",),
        ),
        Panel(
            "Lowest health score",
            "The health score of the worst home that is up.",
            ((f"min({recorded('job:drawbridge_health_score_ratio:min')})", "score"),),
            unit="percentunit",
            kind="stat",
            width=4,
            height=5,
            steps=(("red", None), ("orange", "%(minHealthScore)g"), ("green", "%(goodHealthScore)g")),
            runbooks=("DrawbridgeHealthScoreLow",),
        ),
        Panel(
            "Firing alerts",
            "Firing alerts of all homes.",
            ((f"count({FIRING}) or vector(0)", "firing"),),
            kind="stat",
            width=4,
            height=5,
            decimals=0,
            steps=(("green", None), ("orange", 1)),
        ),
        Panel(
            "Homes by state",
            "Homes that the exporter can read, and those that it cannot read, by reason.",
            (
                (f"sum({of_jobs('up')})", "up"),
                (f"sum by (reason) ({recorded('job_reason:drawbridge_scrape_error:sum')}) > 0", "{{reason}}"),
            ),
            width=6,
            decimals=0,
            stack=True,
            runbooks=("DrawbridgeManyHomesDown",),
        ),
        Panel(
            "Requests and refusals",
            "Requests per second to all homes, and requests that were refused.",
            (
                (f"sum({recorded('job:drawbridge_http_requests:rate5m')})", "requests"),
                (f"sum({recorded('job:drawbridge_refusals:rate5m')})", "refused"),
            ),
            unit="reqps",
            width=6,
            runbooks=("DrawbridgeRefusalBurst",),
        ),
        Panel(
            "Failed requests",
            "Requests to all homes that failed with 5xx.",
            ((recorded("job:drawbridge_http_errors:ratio_rate5m"), "{{job}}"),),
            unit="percentunit",
            width=6,
            runbooks=("DrawbridgeErrorBudgetBurn",),
        ),
        Panel(
            "Lock-outs",
            "Lock-outs started in the last 15 minutes at all homes.",
            ((recorded("job:drawbridge_lockouts_started:increase15m"), "{{job}}"),),
            width=6,
            decimals=0,
            runbooks=("DrawbridgeLockout",),
        ),
    ),
)

WORST_HOMES: Final = Row(
    "Worst homes",
    (
        Panel(
            "Down",
            "Homes that the exporter cannot read, with the reason.",
            ((f"{of_jobs('scrape_error')} == 1", "down"),),
            kind="table",
            width=8,
            height=9,
            columns=(("instance", "Home", ""), ("reason", "Reason", ""), ("job", "Job", "")),
            sort=("Home", False),
            runbooks=("DrawbridgeDown", "DrawbridgeManyHomesDown"),
        ),
        Panel(
            "Lowest health scores",
            f"The {WORST} homes with the lowest scores.",
            ((f"bottomk({WORST}, {of_jobs('health_score_ratio')})", "score"),),
            kind="table",
            width=8,
            height=9,
            columns=(("instance", "Home", ""), ("Value", "Score", "percentunit"), ("job", "Job", "")),
            sort=("Score", False),
            runbooks=("DrawbridgeHealthScoreLow",),
        ),
        Panel(
            "Most failed requests",
            f"The {WORST} homes with the highest ratio of requests that failed with 5xx.",
            ((f"topk({WORST}, {recorded('instance:drawbridge_http_errors:ratio_rate5m')})", "errors"),),
            kind="table",
            width=8,
            height=9,
            columns=(("instance", "Home", ""), ("Value", "Failed", "percentunit"), ("job", "Job", "")),
            sort=("Failed", True),
            runbooks=("DrawbridgeErrorBudgetBurn",),
        ),
        Panel(
            "Most refusals",
            f"The {WORST} homes that refuse the most requests.",
            ((f"topk({WORST}, {recorded('instance:drawbridge_refusals:rate5m')})", "refused"),),
            kind="table",
            width=8,
            height=8,
            columns=(("instance", "Home", ""), ("Value", "Refused", "reqps"), ("job", "Job", "")),
            sort=("Refused", True),
            runbooks=("DrawbridgeRefusalBurst", "DrawbridgeLockout"),
        ),
        Panel(
            "Slowest responses",
            f"The {WORST} homes with the highest mean duration of requests.",
            (
                (
                    f"topk({WORST}, {recorded('instance:drawbridge_http_request_duration_seconds:mean5m')})",
                    "duration",
                ),
            ),
            kind="table",
            width=8,
            height=8,
            columns=(("instance", "Home", ""), ("Value", "Mean", "s"), ("job", "Job", "")),
            sort=("Mean", True),
            runbooks=("DrawbridgeLatencyBudgetBurn",),
        ),
        Panel(
            "Slowest to read",
            f"The {WORST} homes that take the exporter the longest to read.",
            ((f"topk({WORST}, {of_jobs('scrape_duration_seconds')})", "duration"),),
            kind="table",
            width=8,
            height=8,
            columns=(("instance", "Home", ""), ("Value", "Duration", "s"), ("job", "Job", "")),
            sort=("Duration", True),
            runbooks=("DrawbridgeScrapeFailing",),
        ),
    ),
)

VERSIONS: Final = Row(
    "Versions",
    (
        Panel(
            "Homes by version of Drawbridge",
            "Homes that are up, by version.",
            ((f"sum by (version) ({recorded('job_version:drawbridge_build_info:count')})", "{{version}}"),),
            width=12,
            decimals=0,
            stack=True,
            runbooks=("DrawbridgeVersionsDiffer",),
        ),
        Panel(
            "Versions",
            "Combinations of versions, with the number of homes that have them.",
            ((f"count by (version, homeassistant_version) ({of_jobs('build_info')})", "homes"),),
            kind="table",
            width=12,
            columns=(
                ("version", "Drawbridge", ""),
                ("homeassistant_version", "Home Assistant", ""),
                ("Value", "Homes", "none"),
            ),
            sort=("Homes", True),
            runbooks=("DrawbridgeVersionsDiffer",),
        ),
    ),
)

ENDS: Final = Row(
    "Keys and doors",
    (
        Panel(
            "Keys that expire next",
            f"The {WORST} keys that expire first, within 30 days.",
            ((f"{ENDING_KEYS} * 1000 * on (job, instance, key) group_left (name) {KEY_NAMES}", "expires"),),
            kind="table",
            width=12,
            height=9,
            columns=(
                ("instance", "Home", ""),
                ("name", "Name", ""),
                ("key", "Key", ""),
                ("Value", "Expires", "dateTimeFromNow"),
            ),
            sort=("Expires", False),
            runbooks=("DrawbridgeKeyExpiring",),
        ),
        Panel(
            "Listeners that are down",
            "Homes whose listener is enabled but does not accept connections.",
            ((f"{of_jobs('listener_up')} == 0", "down"),),
            kind="table",
            width=6,
            height=9,
            columns=(("instance", "Home", ""), ("job", "Job", "")),
            sort=("Home", False),
            runbooks=("DrawbridgeListenerDown",),
        ),
        Panel(
            "Certificates that expire next",
            f"The {WORST} homes whose certificate expires first: that of their address, or of their listener.",
            ((f"bottomk({WORST}, min by (job, instance) ({CERTIFICATES})) * 1000", "expires"),),
            kind="table",
            width=6,
            height=9,
            columns=(("instance", "Home", ""), ("Value", "Expires", "dateTimeFromNow")),
            sort=("Expires", False),
            runbooks=("DrawbridgeCertificateExpiring", "DrawbridgeListenerCertificateExpiring"),
        ),
    ),
)

LOAD: Final = Row(
    "Exporters",
    (
        Panel(
            "Requests in progress",
            "Requests to homes in progress, and the number of homes. Each home has at most one request in progress. If"
            " the two are equal, no home answers.",
            (
                (of_jobs("exporter_requests_in_flight"), "requests {{instance}}"),
                (of_jobs("exporter_targets"), "homes {{instance}}"),
            ),
            decimals=0,
            runbooks=("DrawbridgeExporterSaturated",),
        ),
        Panel(
            "Scrape slots in use",
            "Scrapes in progress as a share of --web.max-requests. At 100 %, further scrapes are refused.",
            (
                (
                    f"{of_jobs('exporter_scrapes_in_flight')} / ({of_jobs('exporter_scrapes_limit')} > 0)",
                    "{{instance}}",
                ),
            ),
            unit="percentunit",
            maximum=1,
            runbooks=("DrawbridgeExporterSaturated",),
        ),
        Panel(
            "Refused scrapes",
            "Scrapes per second that the exporters refused.",
            ((f"rate({of_jobs('exporter_scrapes_refused_total')}[$__rate_interval])", "{{instance}}"),),
            unit="cps",
            runbooks=("DrawbridgeExporterSaturated",),
        ),
        Panel(
            "Time to read a home",
            "Time in which 95 % of the homes were read.",
            ((recorded("job:drawbridge_scrape_duration_seconds:p95"), "{{job}}"),),
            unit="s",
        ),
        Panel(
            "Processor",
            "Processor time of each exporter, in cores.",
            ((f"rate(process_cpu_seconds_total{{{CHOSEN}}}[$__rate_interval]) {OWN}", "{{instance}}"),),
            unit="cores",
        ),
        Panel(
            "Memory",
            "Resident memory of each exporter.",
            ((f"process_resident_memory_bytes{{{CHOSEN}}} {OWN}", "{{instance}}"),),
            unit="bytes",
        ),
    ),
)

FLEET_ROWS: Final = (OVERVIEW, WORST_HOMES, VERSIONS, ENDS, LOAD)
