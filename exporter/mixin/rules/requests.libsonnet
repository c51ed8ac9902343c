local lib = import '../lib.libsonnet';

{
  local config = $._config,

  // The rules for each window.
  local each(name, expr) = [
    lib.record(name % { window: window }, expr % (config { window: window }))
    for window in config.rateWindows
  ],

  prometheusRules+:: {
    groups+: [
      {
        comment:: |||
          The request rate and the ratio of requests that failed with 5xx. The ratio is 0 if no request failed, and absent if
          there were no requests. The rules are in one group so that Prometheus evaluates them in order, at the same time.
        |||,
        name: 'drawbridge-requests',
        rules:
          each(
            'instance:drawbridge_http_requests:rate%(window)s',
            'sum by (job, instance) (rate(drawbridge_http_requests_total%(selector)s[%(window)s]))'
          )
          + each(
            'instance:drawbridge_http_errors:ratio_rate%(window)s',
            |||
              (sum by (job, instance) (rate(drawbridge_http_requests_total{%(matchers)scode=~"5.."}[%(window)s]))
              or 0 * instance:drawbridge_http_requests:rate%(window)s)
              / (instance:drawbridge_http_requests:rate%(window)s > 0)
            |||
          ),
      },
      {
        comment:: 'The ratio of requests that took longer than %g s.' % config.slowSeconds,
        name: 'drawbridge-latency',
        rules:
          each(
            'instance:drawbridge_http_slow:ratio_rate%(window)s',
            |||
              1
              - sum by (job, instance) (rate(drawbridge_http_request_duration_seconds_bucket{%(matchers)sle="%(slowBucket)s"}[%(window)s]))
              / (sum by (job, instance) (rate(drawbridge_http_request_duration_seconds_count%(selector)s[%(window)s])) > 0)
            |||
          )
          + [
            lib.record('instance:drawbridge_http_request_duration_seconds:mean5m', |||
              sum by (job, instance) (rate(drawbridge_http_request_duration_seconds_sum%(selector)s[5m]))
              / (sum by (job, instance) (rate(drawbridge_http_request_duration_seconds_count%(selector)s[5m])) > 0)
            ||| % config),
          ],
      },
    ],
  },
}
