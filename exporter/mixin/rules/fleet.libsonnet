local lib = import '../lib.libsonnet';

{
  local config = $._config,

  // A rule below its comment.
  local record(name, expr, comment=null) =
    lib.record(name, expr % config) + (if comment == null then {} else { comment:: comment }),

  prometheusRules+:: {
    groups+: [
      {
        name: 'drawbridge-fleet',
        rules: [
          record(
            'job:drawbridge_targets:count',
            'count by (job) (up{%(scrapeJobSelector)s})',
            'The homes that Prometheus knows, that the exporter has tried to read, and the ratio of those that it could read.'
          ),
          record('job:drawbridge_up:count', 'count by (job) (drawbridge_up%(selector)s)'),
          record('job:drawbridge_up:avg', 'avg by (job) (drawbridge_up%(selector)s)'),
          record('job_reason:drawbridge_scrape_error:sum', 'sum by (job, reason) (drawbridge_scrape_error%(selector)s)'),
          record(
            'job_version:drawbridge_build_info:count',
            'count by (job, version) (drawbridge_build_info%(selector)s)',
            'How many homes have each version.'
          ),
          record(
            'job:drawbridge_health_score_ratio:min',
            'min by (job) (drawbridge_health_score_ratio%(selector)s)',
            'The worst home, and the slowest one of 20.'
          ),
          record(
            'job:drawbridge_scrape_duration_seconds:p95',
            'quantile by (job) (0.95, drawbridge_scrape_duration_seconds%(selector)s)'
          ),
          record(
            'job:drawbridge_http_requests:rate5m',
            'sum by (job) (instance:drawbridge_http_requests:rate5m)',
            'The traffic of all homes.'
          ),
          record('job:drawbridge_http_errors:ratio_rate5m', |||
            sum by (job) (instance:drawbridge_http_errors:ratio_rate5m * instance:drawbridge_http_requests:rate5m)
            / (job:drawbridge_http_requests:rate5m > 0)
          |||),
          record('job:drawbridge_refusals:rate5m', 'sum by (job) (instance:drawbridge_refusals:rate5m)'),
          record(
            'job:drawbridge_lockouts_started:increase15m',
            'sum by (job) (instance:drawbridge_lockouts_started:increase15m)'
          ),
          record('job:drawbridge_keys_expiring:count30d', |||
            count by (job) (
            key:drawbridge_key_expiry_timestamp_seconds:last1d > time()
            and key:drawbridge_key_expiry_timestamp_seconds:last1d < time() + 30 * 86400)
            or 0 * job:drawbridge_up:count
          |||, 'The keys that expire within 30 days, and the listeners that do not accept connections.'),
          record(
            'job:drawbridge_listeners_down:count',
            'count by (job) (drawbridge_listener_up%(selector)s == 0) or 0 * job:drawbridge_up:count'
          ),
        ],
      },
    ],
  },
}
