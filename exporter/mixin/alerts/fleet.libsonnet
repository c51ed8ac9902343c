local lib = import '../lib.libsonnet';

{
  local config = $._config,
  prometheusAlerts+:: {
    groups+: [lib.alerts(config, 'drawbridge-fleet-alerts', [
      {
        alert: 'DrawbridgeManyHomesDown',
        expr: '1 - job:drawbridge_up:avg > %(maxHomesDownRatio)g and job:drawbridge_up:count >= %(minHomes)d' % config,
        'for': '5m',
        labels: { severity: 'critical' },
        annotations: {
          summary: '{{ $value | humanizePercentage }} of the homes of the job {{ $labels.job }} cannot be read.',
          description:
            'Most common reason: {{ with printf "topk(1, job_reason:drawbridge_scrape_error:sum{job=\'%s\'} > 0)" $labels.job | query }}'
            + '{{ . | first | label "reason" }}{{ else }}unknown{{ end }}. '
            + 'The cause is probably common to these homes: the network of the exporter, a provider, or an update.',
        },
      },
      {
        alert: 'DrawbridgeHomesMissing',
        expr: |||
          1 - job:drawbridge_targets:count / max_over_time(job:drawbridge_targets:count[1d]) > %(maxHomesDownRatio)g
          and max_over_time(job:drawbridge_targets:count[1d]) >= %(minHomes)d
        ||| % config,
        'for': '15m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'Prometheus no longer scrapes {{ $value | humanizePercentage }} of the homes of the job {{ $labels.job }}.',
          description: 'They are no longer in the service discovery. No alert for these homes can fire.',
        },
      },
      {
        alert: 'DrawbridgeVersionsDiffer',
        expr: 'count by (job) (job_version:drawbridge_build_info:count) > 1',
        'for': '7d',
        labels: { severity: 'info' },
        annotations: {
          summary: 'The homes of the job {{ $labels.job }} have had {{ $value }} versions of Drawbridge for a week.',
          description: 'Homes with an older version do not have the fixes of the newer ones.',
        },
      },
    ])],
  },
}
