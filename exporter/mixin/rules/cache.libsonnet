local lib = import '../lib.libsonnet';

{
  local config = $._config,
  prometheusRules+:: {
    groups+: [
      {
        comment:: |||
          The ratio of cacheable requests that the cache answered. A 304 counts as a hit. While the cache is off, all of them
          bypass it, and the ratio is 0.
        |||,
        name: 'drawbridge-cache',
        rules: [
          lib.record('cache:drawbridge_cache_requests:rate30m', |||
            sum by (job, instance, cache) (
            label_replace(rate(drawbridge_cache_requests_total%(selector)s[30m]), "kind", "asked", "", "")
            or label_replace(rate(drawbridge_cache_bypassed_total%(selector)s[30m]), "kind", "bypassed", "", "")
            )
          ||| % config),
          lib.record('cache:drawbridge_cache_hits:ratio_rate30m', |||
            sum by (job, instance, cache) (rate(drawbridge_cache_hits_total%(selector)s[30m]))
            / (cache:drawbridge_cache_requests:rate30m > 0)
          ||| % config),
        ],
      },
    ],
  },
}
