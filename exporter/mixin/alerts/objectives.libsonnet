local lib = import '../lib.libsonnet';

{
  local config = $._config,

  // A window in which the budget is used up too fast: the long window avoids false positives, and the short one resolves
  // the alert soon after the problem ends.
  local burns(series, rate) = |||
    (instance:%(series)s:ratio_rate%(long)s > %(factor)g * %(errorBudget)g
    and instance:%(series)s:ratio_rate%(short)s > %(factor)g * %(errorBudget)g
    and instance:drawbridge_http_requests:rate%(long)s > %(minRequestRate)g)
  ||| % (config + rate + { series: series }),

  // An alert for each severity. fails is the end of its summary, by severity.
  local burn(alert, series, budget, fails) = [
    local windows = std.set([w for rate in config.burnRates[severity].rates for w in [rate.long, rate.short]]);
    assert std.setDiff(windows, std.set(config.rateWindows)) == [] : 'burnRates has a window that is not in rateWindows';
    {
      alert: alert,
      expr: std.join('or\n', [burns(series, rate) for rate in config.burnRates[severity].rates]),
      'for': '2m',
      labels: { severity: severity },
      annotations: {
        summary: '{{ $value | humanizePercentage }} of the requests to {{ $labels.instance }} %s.' % fails[severity],
        description: 'At this rate, the %s budget of 30 days is used up %s.' % [budget, config.burnRates[severity].budgetEnds],
      },
    }
    for severity in std.objectFields(config.burnRates)
  ],

  prometheusAlerts+:: {
    groups+: [lib.alerts(
      config,
      'drawbridge-objectives',
      burn('DrawbridgeErrorBudgetBurn', 'drawbridge_http_errors', 'error', {
        critical: 'fail',
        warning: 'have been failing for a long time',
      })
      + burn('DrawbridgeLatencyBudgetBurn', 'drawbridge_http_slow', 'latency', {
        critical: 'take longer than %g s' % config.slowSeconds,
        warning: 'have been taking longer than %g s for a long time' % config.slowSeconds,
      })
      + [
        {
          alert: 'DrawbridgeCacheHitRateLow',
          expr: |||
            cache:drawbridge_cache_hits:ratio_rate30m < %(minCacheHitRatio)g and cache:drawbridge_cache_requests:rate30m > %(minRequestRate)g
          ||| % config,
          'for': '15m',
          labels: { severity: 'warning' },
          annotations: {
            summary: 'The cache {{ $labels.cache }} of {{ $labels.instance }} answers {{ $value | humanizePercentage }} of the cacheable requests.',
            description:
              'Too many responses are not in the cache, which takes more time and CPU. At 0%, the cache may be turned off.',
          },
        },
      ]
    )],
  },
}
