local lib = import '../lib.libsonnet';

{
  local config = $._config,
  prometheusRules+:: {
    groups+: [
      {
        comment:: 'Refused requests: failed authentication, denied, or rate limited.',
        name: 'drawbridge-refusals',
        rules: [
          lib.record('instance:drawbridge_refusals:rate5m', |||
            sum by (job, instance) (
            label_replace(rate(drawbridge_auth_failures_total%(selector)s[5m]), "kind", "auth", "", "")
            or label_replace(rate(drawbridge_denied_total%(selector)s[5m]), "kind", "denied", "", "")
            or label_replace(rate(drawbridge_rate_limited_total%(selector)s[5m]), "kind", "rate", "", "")
            )
          ||| % config),
        ],
      },
      {
        comment:: |||
          Lock-outs that were started. The gauge drawbridge_lockouts misses most of them, because the first ones take only
          some seconds.
        |||,
        name: 'drawbridge-lockouts',
        rules: [
          lib.record(
            'instance:drawbridge_lockouts_started:increase15m',
            'sum by (job, instance) (increase(drawbridge_lockouts_started_total%(selector)s[15m]))' % config
          ),
        ],
      },
      {
        comment:: 'Networks from which a key was used for the first time.',
        name: 'drawbridge-networks',
        rules: [
          lib.record(
            'key:drawbridge_key_new_networks:increase1h',
            'sum by (job, instance, key) (increase(drawbridge_key_new_networks_total%(selector)s[1h]))' % config
          ),
        ],
      },
      {
        comment:: |||
          The keys, with the values of the last day while the bridge cannot be read. Without them, an alert about a key would
          be resolved when Home Assistant stops. A key that is removed from a running bridge is gone at once. topk keeps one
          of several names if a key was renamed within that day.
        |||,
        name: 'drawbridge-keys',
        rules: [
          lib.record('key:drawbridge_key_expiry_timestamp_seconds:last1d', |||
            drawbridge_key_expiry_timestamp_seconds%(selector)s
            or (last_over_time(drawbridge_key_expiry_timestamp_seconds%(selector)s[1d]) unless on (job, instance) drawbridge_up%(selector)s == 1)
          ||| % config),
          lib.record('key:drawbridge_key_used_or_created_timestamp_seconds:last1d', |||
            drawbridge_key_last_used_timestamp_seconds%(selector)s
            or drawbridge_key_created_timestamp_seconds%(selector)s
            or ((last_over_time(drawbridge_key_last_used_timestamp_seconds%(selector)s[1d])
            or last_over_time(drawbridge_key_created_timestamp_seconds%(selector)s[1d])) unless on (job, instance) drawbridge_up%(selector)s == 1)
          ||| % config),
          lib.record('key:drawbridge_key_info:last1d', |||
            drawbridge_key_info%(selector)s
            or topk by (job, instance, key) (1,
            last_over_time(drawbridge_key_info%(selector)s[1d]) unless on (job, instance) drawbridge_up%(selector)s == 1)
          ||| % config),
        ],
      },
      {
        comment:: |||
          The expiry of the certificates, with the values of the last day while the bridge cannot be read, or while its
          listener does not accept connections. A listener that is disabled has no certificate any more.
        |||,
        name: 'drawbridge-certificates',
        rules: [
          lib.record('instance:drawbridge_tls_certificate_expiry_timestamp_seconds:last1d', |||
            drawbridge_tls_certificate_expiry_timestamp_seconds%(selector)s
            or (last_over_time(drawbridge_tls_certificate_expiry_timestamp_seconds%(selector)s[1d])
            unless on (job, instance) drawbridge_up%(selector)s == 1)
          ||| % config),
          lib.record('instance:drawbridge_listener_certificate_expiry_timestamp_seconds:last1d', |||
            drawbridge_listener_certificate_expiry_timestamp_seconds%(selector)s
            or (last_over_time(drawbridge_listener_certificate_expiry_timestamp_seconds%(selector)s[1d])
            unless on (job, instance) (drawbridge_up%(selector)s == 1 unless on (job, instance) drawbridge_listener_up%(selector)s == 0))
          ||| % config),
        ],
      },
    ],
  },
}
