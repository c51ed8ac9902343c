local lib = import '../lib.libsonnet';

{
  local config = $._config,
  prometheusAlerts+:: {
    groups+: [lib.alerts(config, 'drawbridge-security', [
      {
        alert: 'DrawbridgeKeyExpiring',
        expr: |||
          (key:drawbridge_key_expiry_timestamp_seconds:last1d - time() < %(keyExpiryDays)d * 86400
          and key:drawbridge_key_expiry_timestamp_seconds:last1d > time())
          * on (job, instance, key) group_left (name) key:drawbridge_key_info:last1d
        ||| % config,
        'for': '10m',
        labels: { severity: 'warning' },
        annotations: {
          summary: 'The API key {{ $labels.name }} of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}.',
          description: 'Clients that use the key then stop working.',
        },
      },
      {
        alert: 'DrawbridgeKeyUnused',
        expr: |||
          (time() - key:drawbridge_key_used_or_created_timestamp_seconds:last1d > %(keyUnusedDays)d * 86400)
          * on (job, instance, key) group_left (name) key:drawbridge_key_info:last1d
        ||| % config,
        'for': '1h',
        labels: { severity: 'info' },
        annotations: {
          summary: 'The API key {{ $labels.name }} of {{ $labels.instance }} has not been used for {{ $value | humanizeDuration }}.',
          description: 'Remove or disable keys that are not in use, because nobody would notice if one of them were stolen.',
        },
      },
      {
        alert: 'DrawbridgeRefusalBurst',
        expr: 'instance:drawbridge_refusals:rate5m * 300 > %(maxRefusalsIn5m)g' % config,
        'for': '5m',
        labels: { severity: 'warning' },
        annotations: {
          summary: '{{ $labels.instance }} refused {{ $value | printf "%.0f" }} requests within five minutes.',
          description: 'A client has an invalid or limited key, or somebody is guessing keys.',
        },
      },
      {
        alert: 'DrawbridgeLockout',
        expr: 'instance:drawbridge_lockouts_started:increase15m > 0',
        labels: { severity: 'warning' },
        annotations: {
          summary: '{{ $labels.instance }} locked out addresses {{ $value | printf "%.0f" }} times within 15 minutes.',
          description:
            'An address sent more than five wrong keys. The first lock-out takes a second, and each further one twice as long.',
        },
      },
      {
        alert: 'DrawbridgeKeyNewNetwork',
        expr: |||
          (key:drawbridge_key_new_networks:increase1h > 0)
          * on (job, instance, key) group_left (name) key:drawbridge_key_info:last1d
        |||,
        labels: { severity: 'warning' },
        annotations: {
          summary: 'The API key {{ $labels.name }} of {{ $labels.instance }} was used from a new network.',
          description: 'Its client may have moved, or somebody else has the key. The audit trail has the address.',
        },
      },
    ])],
  },
}
