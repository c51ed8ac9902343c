local lib = import '../lib.libsonnet';

{
  local config = $._config,
  prometheusRules+:: {
    groups+: [
      {
        comment:: |||
          Clients that read too slowly: connections that were closed, and changes that were merged into later ones. A change
          that was merged is not an event, so the ratio is that of all changes for which an event was due.
        |||,
        name: 'drawbridge-live-connections',
        rules: [
          lib.record('instance:drawbridge_slow_readers_dropped:increase15m', |||
            sum by (job, instance) (
            label_replace(increase(drawbridge_stream_dropped_total%(selector)s[15m]), "kind", "live", "", "")
            or label_replace(increase(drawbridge_slow_readers_dropped_total%(selector)s[15m]), "kind", "response", "", "")
            )
          ||| % config),
          lib.record(
            'instance:drawbridge_stream_conflated:rate15m',
            'sum by (job, instance) (rate(drawbridge_stream_conflated_total%(selector)s[15m]))' % config
          ),
          lib.record('instance:drawbridge_stream_conflated:ratio_rate15m', |||
            instance:drawbridge_stream_conflated:rate15m
            / (instance:drawbridge_stream_conflated:rate15m
            + sum by (job, instance) (rate(drawbridge_stream_events_total%(selector)s[15m])) > 0)
          ||| % config),
        ],
      },
    ],
  },
}
