"""The rows about traffic and the cache, and the overview."""

from typing import Final

from exporter.dashboards.source.model import CHOSEN, Panel, Row, quantile, rate, share, value_of

SCORES: Final = (("red", None), ("orange", "%(badHealthScore)g"), ("green", "%(minHealthScore)g"))
HIT_RATES: Final = (("red", None), ("orange", "%(badCacheHitRatio)g"), ("green", "%(minCacheHitRatio)g"))
ERRORS: Final = (("green", None), ("orange", "%(errorBudget)g"), ("red", "%(badErrors)g"))
SECONDS: Final = (("green", None), ("orange", "%(halfSlowSeconds)g"), ("red", "%(slowSeconds)g"))
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
            "Whether the last scrape of the bridge was successful.",
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
            "Weighted mean of errors, latency, cache and event loop over five minutes. A bridge that just meets every"
            " threshold of the checklist has 80 %.",
            ((value_of("health_score_ratio"), "{{instance}}"),),
            unit="percentunit",
            kind="gauge",
            width=4,
            height=5,
            steps=SCORES,
            maximum=1,
            runbooks=("DrawbridgeHealthScoreLow",),
        ),
        Panel(
            "Requests",
            "Requests answered per second, with any status.",
            ((rate("http_requests_total"), "{{instance}}"),),
            unit="reqps",
            kind="stat",
            width=4,
            height=5,
        ),
        Panel(
            "Errors",
            "Share of requests answered with 5xx. The objective is below %(errorBudgetPercent)g %%, the threshold of"
            " the checklist is 5 %%.",
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
            "Mean response time. The threshold of the checklist is 2 s.",
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
            "Share of the cacheable requests that were answered from a cache. A 304 counts as a hit.",
            ((share(rate("cache_hits_total"), rate("cache_requests_total")), "{{instance}}"),),
            unit="percentunit",
            kind="stat",
            width=4,
            height=5,
            steps=HIT_RATES,
            runbooks=("DrawbridgeCacheHitRateLow",),
        ),
        Panel(
            "Firing alerts",
            "Firing alerts of Drawbridge by severity, without the watchdog, which always fires.",
            tuple((f'count({FIRING}severity="{severity}"}}) or vector(0)', severity) for severity in SEVERITIES),
            kind="stat",
            width=12,
            height=4,
            steps=(("green", None), ("orange", 1)),
            decimals=0,
        ),
        Panel(
            "Remaining error budget (30 days)",
            "Remaining share of the %(errorBudgetPercent)g %% of requests that may fail or take longer than"
            " %(slowSeconds)g s. Below 0, the budget is exceeded.",
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
            "Components of the health score",
            "The score and its four components. A component without data in the last five minutes is left out.",
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
            "Event loop lag",
            "Lag of Home Assistant's event loop: mean and maximum of the last five minutes. Above 0.1 s, all of Home"
            " Assistant is slow.",
            (
                (value_of("event_loop_lag_seconds"), "mean {{instance}}"),
                (value_of("event_loop_lag_max_seconds"), "maximum {{instance}}"),
            ),
            unit="s",
            width=6,
        ),
        Panel(
            "Versions",
            "Versions of Drawbridge and Home Assistant.",
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
            "Requests answered per second.",
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
            "5xx responses per second, by route and status. 0 without errors.",
            ((FAILURES, "{{route}} {{code}}"),),
            unit="reqps",
            runbooks=("DrawbridgeErrorBudgetBurn",),
        ),
        Panel(
            "Duration",
            "50th, 95th and 99th percentile of the response time.",
            ((quantile(0.5), "50 %"), (quantile(0.95), "95 %"), (quantile(0.99), "99 %")),
            unit="s",
            runbooks=("DrawbridgeLatencyBudgetBurn",),
        ),
        Panel(
            "Duration by route",
            "95th percentile of the response time, by route.",
            ((quantile(0.95, "route"), "{{route}}"),),
            unit="s",
            runbooks=("DrawbridgeLatencyBudgetBurn",),
        ),
        Panel(
            "Bytes sent",
            "Bytes of response bodies per second, as sent (after compression).",
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
            "Share of the cacheable requests that were answered from the cache. It should be above"
            " %(minCacheHitPercent)g %%.",
            ((HITS, "{{cache}} {{instance}}"),),
            unit="percentunit",
            maximum=1,
            runbooks=("DrawbridgeCacheHitRateLow",),
        ),
        Panel(
            "Cacheable requests",
            "Requests per second: answered from a cache, answered with 304, not in a cache, or while the cache is off.",
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
                (rate("cache_bypassed_total", by="cache"), "{{cache}} cache off"),
            ),
            unit="reqps",
            stack=True,
        ),
        Panel(
            "Invalidations and evictions",
            "Invalidations of cached responses, and views evicted to stay within the memory limit, per second.",
            (
                (rate("cache_invalidations_total", by="cache"), "{{cache}} invalidations"),
                (rate("cache_evictions_total", by="cache"), "{{cache}} evictions"),
            ),
            unit="cps",
        ),
        Panel("Views", "Responses in each cache.", ((value_of("cache_entries"), "{{cache}} {{instance}}"),)),
        Panel(
            "Memory",
            "Memory used by the cached responses.",
            ((value_of("cache_bytes"), "{{cache}} {{instance}}"),),
            unit="bytes",
        ),
        Panel(
            "Age and warming",
            "Age of the oldest cached response, and duration of the last cache warming.",
            (
                (value_of("cache_age_seconds"), "{{cache}} age"),
                (value_of("cache_warm_seconds"), "{{cache}} warming"),
            ),
            unit="s",
        ),
    ),
)
