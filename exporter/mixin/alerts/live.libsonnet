local lib = import '../lib.libsonnet';

{
  local config = $._config,
  prometheusAlerts+:: {
    groups+: [lib.alerts(config, 'drawbridge-live', [
      {
        alert: 'DrawbridgeSlowReadersDropped',
        expr: 'instance:drawbridge_slow_readers_dropped:increase15m > %(maxSlowReadersIn15m)g' % config,
        labels: { severity: 'warning' },
        annotations: {
          summary: '{{ $labels.instance }} closed {{ $value | printf "%.0f" }} connections within 15 minutes because their clients read too slowly.',
          description: 'These clients lose events until they connect again.',
        },
      },
      {
        alert: 'DrawbridgeClientsBehind',
        expr: |||
          instance:drawbridge_stream_conflated:rate15m > %(maxConflatedRate)g and instance:drawbridge_stream_conflated:ratio_rate15m > %(maxConflatedRatio)g
        ||| % config,
        'for': '15m',
        labels: { severity: 'info' },
        annotations: {
          summary: 'Connected clients of {{ $labels.instance }} do not keep up with the changes.',
          description:
            'Drawbridge merges {{ $value | printf "%.0f" }} changes per second into later ones. '
            + 'The clients show states late, but the latest state is correct.',
        },
      },
    ])],
  },
}
