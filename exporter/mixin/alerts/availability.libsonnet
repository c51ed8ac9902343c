local lib = import '../lib.libsonnet';

{
  local config = $._config,
  prometheusAlerts+:: {
    groups+: [lib.alerts(config, 'drawbridge-availability', [
      {
        alert: 'DrawbridgeDown',
        expr: 'drawbridge_up%(selector)s == 0' % config,
        'for': '2m',
        labels: { severity: 'critical' },
        annotations: {
          summary: 'The bridge at {{ $labels.instance }} cannot be read.',
          description:
            'Reason: {{ with printf "drawbridge_scrape_error{job=\'%s\',instance=\'%s\'} == 1" $labels.job $labels.instance | query }}'
            + '{{ . | first | label "reason" }}{{ else }}unknown{{ end }}. '
            + 'Clients of the bridge probably get no responses.',
        },
      },
      {
        alert: 'DrawbridgeScrapeFailing',
        expr: 'up{%(scrapeJobSelector)s} == 0' % config,
        'for': '5m',
        labels: { severity: 'critical' },
        annotations: {
          summary: 'Prometheus cannot scrape the exporter for {{ $labels.instance }}.',
          description:
            'The state of the bridge is unknown. No other alert for it can fire, except those about keys and '
            + 'certificates, with the values of the last day.',
        },
      },
      {
        alert: 'DrawbridgeAbsent',
        expr: 'absent(drawbridge_up%(selector)s)' % config,
        'for': '10m',
        labels: { severity: 'critical' },
        annotations: {
          summary: 'Prometheus has no data about any bridge.',
          description:
            'No scrape job returns drawbridge_up: the job was removed, service discovery finds no target, or no exporter '
            + 'answers. No other alert can fire.',
        },
      },
      {
        comment:: "Always fires. Route it to a service that notifies you when it stops: a dead man's switch.",
        alert: 'DrawbridgeWatchdog',
        expr: 'vector(1)',
        labels: { severity: 'none' },
        annotations: {
          summary: 'Alerts about Drawbridge are evaluated and sent.',
          description:
            'This alert always fires. If it stops, Prometheus, Alertmanager or the delivery of notifications is broken.',
        },
      },
      {
        alert: 'DrawbridgeExporterSaturated',
        expr: |||
          increase(drawbridge_exporter_scrapes_refused_total%(selector)s[15m]) > 0
          or (process_open_fds / (process_max_fds > 0) > %(maxFileDescriptorRatio)g) and on (job, instance) drawbridge_exporter_build_info%(selector)s
        ||| % config,
        'for': '5m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'The exporter {{ $labels.instance }} is at its limits.',
          description:
            'It refuses scrapes, or uses more than %d%% of its file descriptors. ' % (100 * config.maxFileDescriptorRatio)
            + 'Healthy bridges are then reported as down.',
        },
      },
      {
        alert: 'DrawbridgeCertificateExpiring',
        expr: 'instance:drawbridge_tls_certificate_expiry_timestamp_seconds:last1d - time() < %(certificateExpiryDays)d * 86400' % config,
        'for': '1h',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'The TLS certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}.',
          description: 'After that, the exporter and all other clients refuse to connect.',
        },
      },
      {
        alert: 'DrawbridgeListenerDown',
        expr: 'drawbridge_listener_up%(selector)s == 0' % config,
        'for': '5m',
        labels: { severity: 'critical' },
        annotations: {
          summary: 'The listener of {{ $labels.instance }} does not accept connections.',
          description:
            "It is enabled, but not running. Its clients get no responses; Home Assistant's own port still answers.",
        },
      },
      {
        alert: 'DrawbridgeListenerCertificateExpiring',
        expr: 'instance:drawbridge_listener_certificate_expiry_timestamp_seconds:last1d - time() < %(certificateExpiryDays)d * 86400' % config,
        'for': '1h',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'The certificate of the listener of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}.',
          description: 'After that, clients of the listener refuse to connect.',
        },
      },
      {
        alert: 'DrawbridgeTargetsFileBroken',
        expr: 'drawbridge_exporter_config_last_reload_successful%(selector)s == 0' % config,
        'for': '5m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'The exporter {{ $labels.instance }} cannot read its targets file.',
          description: 'The exporter keeps using the previous targets. Changes do not take effect.',
        },
      },
      {
        alert: 'DrawbridgeHealthScoreLow',
        expr: 'drawbridge_health_score_ratio%(selector)s < %(minHealthScore)g' % config,
        'for': '10m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'The health score of {{ $labels.instance }} is {{ $value | humanizePercentage }}.',
          description:
            'Lowest component: {{ with printf "bottomk(1, drawbridge_health_component_ratio{job=\'%s\',instance=\'%s\'})" $labels.job $labels.instance | query }}'
            + '{{ . | first | label "component" }} at {{ . | first | value | humanizePercentage }}{{ else }}unknown{{ end }}.',
        },
      },
      {
        alert: 'DrawbridgeClockSkew',
        expr: 'abs(drawbridge_clock_skew_seconds%(selector)s) > %(maxClockSkewSeconds)g' % config,
        'for': '10m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'The clock of {{ $labels.instance }} is off by {{ $value | humanizeDuration }}.',
          description:
            'Keys expire too early or too late, and times in the audit trail do not match those of other machines.',
        },
      },
    ])],
  },
}
