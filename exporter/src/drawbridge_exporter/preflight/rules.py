"""The names of the rules in exporter/rules."""

from typing import Final

ALERTS: Final = frozenset(
    {
        "DrawbridgeAbsent",
        "DrawbridgeCacheHitRateLow",
        "DrawbridgeCertificateExpiring",
        "DrawbridgeClientsBehind",
        "DrawbridgeClockSkew",
        "DrawbridgeDown",
        "DrawbridgeErrorBudgetBurn",
        "DrawbridgeExporterSaturated",
        "DrawbridgeHealthScoreLow",
        "DrawbridgeKeyExpiring",
        "DrawbridgeKeyUnused",
        "DrawbridgeLatencyBudgetBurn",
        "DrawbridgeLockout",
        "DrawbridgeRefusalBurst",
        "DrawbridgeScrapeFailing",
        "DrawbridgeSlowReadersDropped",
        "DrawbridgeTargetsFileBroken",
        "DrawbridgeWatchdog",
    }
)
RECORDS: Final = frozenset(
    {
        "cache:drawbridge_cache_hits:ratio_rate30m",
        "cache:drawbridge_cache_requests:rate30m",
        "instance:drawbridge_http_errors:budget_left30d",
        "instance:drawbridge_http_errors:ratio_rate1d",
        "instance:drawbridge_http_errors:ratio_rate1h",
        "instance:drawbridge_http_errors:ratio_rate2h",
        "instance:drawbridge_http_errors:ratio_rate30m",
        "instance:drawbridge_http_errors:ratio_rate3d",
        "instance:drawbridge_http_errors:ratio_rate5m",
        "instance:drawbridge_http_errors:ratio_rate6h",
        "instance:drawbridge_http_request_duration_seconds:mean5m",
        "instance:drawbridge_http_requests:rate1d",
        "instance:drawbridge_http_requests:rate1h",
        "instance:drawbridge_http_requests:rate2h",
        "instance:drawbridge_http_requests:rate30m",
        "instance:drawbridge_http_requests:rate3d",
        "instance:drawbridge_http_requests:rate5m",
        "instance:drawbridge_http_requests:rate6h",
        "instance:drawbridge_http_slow:budget_left30d",
        "instance:drawbridge_http_slow:ratio_rate1d",
        "instance:drawbridge_http_slow:ratio_rate1h",
        "instance:drawbridge_http_slow:ratio_rate2h",
        "instance:drawbridge_http_slow:ratio_rate30m",
        "instance:drawbridge_http_slow:ratio_rate3d",
        "instance:drawbridge_http_slow:ratio_rate5m",
        "instance:drawbridge_http_slow:ratio_rate6h",
        "instance:drawbridge_lockouts_started:increase15m",
        "instance:drawbridge_refusals:rate5m",
        "instance:drawbridge_slow_readers_dropped:increase15m",
        "instance:drawbridge_stream_conflated:rate15m",
        "instance:drawbridge_stream_conflated:ratio_rate15m",
        "key:drawbridge_key_expiry_timestamp_seconds:last1d",
        "key:drawbridge_key_info:last1d",
    }
)
