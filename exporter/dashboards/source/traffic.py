"""The rows that show how the bridge serves: overview, traffic, cache."""

from typing import Final

from exporter.dashboards.source.model import CHOSEN, Panel, Row, quantile, rate, share, value_of

LOW_IS_BAD: Final = (("red", None), ("orange", 0.6), ("green", 0.8))
ERRORS: Final = (("green", None), ("orange", 0.01), ("red", 0.05))
SECONDS: Final = (("green", None), ("orange", 1), ("red", 2))
UP: Final = (
    {"type": "value", "options": {"0": {"text": "down", "color": "red", "index": 0}}},
    {"type": "value", "options": {"1": {"text": "up", "color": "green", "index": 1}}},
)
FAILED: Final = 'code=~"5.."'
ERROR_SHARE: Final = share(
    f"({rate('http_requests_total', FAILED)} or 0 * {rate('http_requests_total')})", rate("http_requests_total")
)
FAILURES: Final = (
    f"{rate('http_requests_total', FAILED, 'route, code')} or 0 * {rate('http_requests_total', by='route')}"
)
MEAN: Final = share(rate("http_request_duration_seconds_sum"), rate("http_request_duration_seconds_count"))
HITS: Final = share(rate("cache_hits_total", by="instance, cache"), rate("cache_requests_total", by="instance, cache"))

FIRING: Final = f'ALERTS{{{CHOSEN}, alertname=~"Drawbridge.+", alertname!="DrawbridgeWatchdog", alertstate="firing", '
SEVERITIES: Final = ("critical", "warning", "info")

OVERVIEW: Final = Row(
    "Overview",
    (
        Panel(
            "Bridge",
            "Whether the exporter could read the bridge at its last scrape.",
            ((value_of("up"), "{{instance}}"),),
            kind="stat",
            width=4,
            height=5,
            mappings=UP,
            steps=(("red", None), ("green", 1)),
            runbooks=("DrawbridgeDown",),
        ),
        Panel(
            "Health score",
            "Weighted mean of errors, latency, cache and event loop over five minutes. 80 % stands on every threshold"
            " of the checklist.",
            ((value_of("health_score_ratio"), "{{instance}}"),),
            unit="percentunit",
            kind="gauge",
            width=4,
            height=5,
            steps=LOW_IS_BAD,
            maximum=1,
            runbooks=("DrawbridgeHealthScoreLow",),
        ),
        Panel(
            "Requests",
            "Requests answered a second, of every status.",
            ((rate("http_requests_total"), "{{instance}}"),),
            unit="reqps",
            kind="stat",
            width=4,
            height=5,
        ),
        Panel(
            "Errors",
            "Share of the requests that were answered 5xx. The objective is under 1 %, the checklist's threshold 5 %.",
            ((ERROR_SHARE, "{{instance}}"),),
            unit="percentunit",
            kind="stat",
            width=4,
            height=5,
            steps=ERRORS,
            runbooks=("DrawbridgeErrorBudgetBurn",),
        ),
        Panel(
            "Mean duration",
            "Mean time from a request to its answer. The checklist's threshold is 2 s.",
            ((MEAN, "{{instance}}"),),
            unit="s",
            kind="stat",
            width=4,
            height=5,
            steps=SECONDS,
            runbooks=("DrawbridgeLatencyBudgetBurn",),
        ),
        Panel(
            "Cache hit rate",
            "Share of the cacheable requests that the caches answered; a 304 is a hit.",
            ((share(rate("cache_hits_total"), rate("cache_requests_total")), "{{instance}}"),),
            unit="percentunit",
            kind="stat",
            width=4,
            height=5,
            steps=LOW_IS_BAD,
            runbooks=("DrawbridgeCacheHitRateLow",),
        ),
        Panel(
            "Firing alerts",
            "Alerts of Drawbridge that fire now, by severity. The watchdog, which always fires, does not count.",
            tuple((f'count({FIRING}severity="{severity}"}}) or vector(0)', severity) for severity in SEVERITIES),
            kind="stat",
            width=12,
            height=4,
            steps=(("green", None), ("orange", 1)),
            decimals=0,
        ),
        Panel(
            "Error budget left of 30 days",
            "What is left of the 1 % of requests that may fail, or take longer than 2 s. Below 0 it is overspent.",
            (
                (f"instance:drawbridge_http_errors:budget_left30d{{{CHOSEN}}}", "errors {{instance}}"),
                (f"instance:drawbridge_http_slow:budget_left30d{{{CHOSEN}}}", "slow {{instance}}"),
            ),
            unit="percentunit",
            kind="stat",
            width=12,
            height=4,
            steps=(("red", None), ("orange", 0), ("green", 0.25)),
            runbooks=("DrawbridgeErrorBudgetBurn", "DrawbridgeLatencyBudgetBurn"),
        ),
        Panel(
            "Why the score is what it is",
            "The score and its four parts. A part without data in the last five minutes is left out.",
            (
                (value_of("health_score_ratio"), "score {{instance}}"),
                (value_of("health_component_ratio"), "{{component}} {{instance}}"),
            ),
            unit="percentunit",
            width=12,
            maximum=1,
            runbooks=("DrawbridgeHealthScoreLow",),
        ),
        Panel(
            "Lag of Home Assistant's event loop",
            "By how much timers were late: mean and largest of the last five minutes. Over 0.1 s everything in Home"
            " Assistant is slow.",
            (
                (value_of("event_loop_lag_seconds"), "mean {{instance}}"),
                (value_of("event_loop_lag_max_seconds"), "largest {{instance}}"),
            ),
            unit="s",
            width=6,
        ),
        Panel(
            "Versions",
            "Of Drawbridge and of Home Assistant.",
            ((value_of("build_info"), ""),),
            kind="table",
            width=6,
            columns=(
                ("instance", "Bridge", ""),
                ("version", "Drawbridge", ""),
                ("homeassistant_version", "Home Assistant", ""),
            ),
        ),
    ),
)

TRAFFIC: Final = Row(
    "Traffic",
    (
        Panel(
            "Requests by route",
            "Requests answered a second.",
            ((rate("http_requests_total", by="route"), "{{route}}"),),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Requests by status",
            "2xx and 304 are successes, 4xx are refusals, 5xx are errors.",
            ((rate("http_requests_total", by="code"), "{{code}}"),),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Errors by route",
            "Answers with 5xx a second, by route and status; 0 where there are none.",
            ((FAILURES, "{{route}} {{code}}"),),
            unit="reqps",
            runbooks=("DrawbridgeErrorBudgetBurn",),
        ),
        Panel(
            "Duration",
            "Half, 95 % and 99 % of the requests are answered within these times.",
            ((quantile(0.5), "50 %"), (quantile(0.95), "95 %"), (quantile(0.99), "99 %")),
            unit="s",
            runbooks=("DrawbridgeLatencyBudgetBurn",),
        ),
        Panel(
            "Duration by route",
            "95 % of the requests of a route are answered within this time.",
            ((quantile(0.95, "route"), "{{route}}"),),
            unit="s",
            runbooks=("DrawbridgeLatencyBudgetBurn",),
        ),
        Panel(
            "Bytes sent",
            "Bodies as they went over the wire, compressed where they were.",
            ((rate("http_response_bytes_total", by="route"), "{{route}}"),),
            unit="Bps",
            stack=True,
        ),
    ),
)

CACHE: Final = Row(
    "Cache",
    (
        Panel(
            "Hit rate by cache",
            "Under 80 % for long, answers cost more than they need to.",
            ((HITS, "{{cache}} {{instance}}"),),
            unit="percentunit",
            maximum=1,
            runbooks=("DrawbridgeCacheHitRateLow",),
        ),
        Panel(
            "Cacheable requests",
            "Answered whole from a cache, by a 304, or computed anew.",
            (
                (
                    f"{rate('cache_hits_total', by='cache')} - {rate('cache_revalidations_total', by='cache')}",
                    "{{cache}} hits",
                ),
                (rate("cache_revalidations_total", by="cache"), "{{cache}} 304"),
                (
                    f"{rate('cache_requests_total', by='cache')} - {rate('cache_hits_total', by='cache')}",
                    "{{cache}} misses",
                ),
            ),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Invalidations and evictions",
            "Changes that made answers invalid; views dropped for want of memory.",
            (
                (rate("cache_invalidations_total", by="cache"), "{{cache}} invalidations"),
                (rate("cache_evictions_total", by="cache"), "{{cache}} evictions"),
            ),
            unit="cps",
        ),
        Panel(
            "Views", "Prepared answers that a cache holds.", ((value_of("cache_entries"), "{{cache}} {{instance}}"),)
        ),
        Panel(
            "Memory",
            "Of the prepared answers.",
            ((value_of("cache_bytes"), "{{cache}} {{instance}}"),),
            unit="bytes",
        ),
        Panel(
            "Age and warming",
            "Age of the oldest answer, and how long the last warming took.",
            (
                (value_of("cache_age_seconds"), "{{cache}} age"),
                (value_of("cache_warm_seconds"), "{{cache}} warming"),
            ),
            unit="s",
        ),
    ),
)
