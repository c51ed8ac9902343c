local lib = import '../lib.libsonnet';

{
  local config = $._config,
  local budgets = config { perBudget: 1 / config.errorBudget },
  prometheusRules+:: {
    groups+: [
      {
        comment:: 'The error budget of %g %% that is left of 30 days: 1 is all of it, 0 is none, negative is overspent.' % (100 * config.errorBudget),
        name: 'drawbridge-budget',
        interval: '5m',
        rules: [
          lib.record('instance:drawbridge_http_errors:budget_left30d', |||
            1 - %(perBudget)g * (sum by (job, instance) (increase(drawbridge_http_requests_total{%(matchers)scode=~"5.."}[30d]))
            or 0 * sum by (job, instance) (increase(drawbridge_http_requests_total%(selector)s[30d])))
            / (sum by (job, instance) (increase(drawbridge_http_requests_total%(selector)s[30d])) > 0)
          ||| % budgets),
          lib.record('instance:drawbridge_http_slow:budget_left30d', |||
            1 - %(perBudget)g * (1
            - sum by (job, instance) (increase(drawbridge_http_request_duration_seconds_bucket{%(matchers)sle="%(slowBucket)s"}[30d]))
            / (sum by (job, instance) (increase(drawbridge_http_request_duration_seconds_count%(selector)s[30d])) > 0))
          ||| % budgets),
        ],
      },
    ],
  },
}
