// The files in exporter/rules: the heading of each, and its groups. scripts/build_rules.py writes them.
local mixin = import 'mixin.libsonnet';

local files = {
  'drawbridge-alerts.yml': {
    heading: |||
      Alert rules. Severities: page somebody for critical; look at a warning within a day, and at an info within a week.

      Objectives: over 30 days, 99 % of requests do not fail with 5xx, and 99 % are answered within 2 s. A burn rate of 1
      uses up the error budget of 1 % in exactly 30 days. Each alert combines a long window, which avoids false positives,
      with a short window, which resolves the alert soon after the problem ends. Below 0.02 requests/s (72 an hour) there
      is too little traffic to calculate a meaningful ratio.
    |||,
    groups: ['drawbridge-availability', 'drawbridge-objectives', 'drawbridge-live', 'drawbridge-security'],
  },
  'drawbridge-budget.yml': {
    heading: |||
      Recording rules over 30 days, for the dashboard. They are evaluated every five minutes, because they read much data.
    |||,
    groups: ['drawbridge-budget'],
  },
  'drawbridge-fleet.yml': {
    heading: |||
      Recording and alert rules for many homes. A job is all homes that one scrape job reads. The names of the jobs must
      contain drawbridge. With a single home, no alert of this file fires.
    |||,
    groups: ['drawbridge-fleet', 'drawbridge-fleet-alerts'],
  },
  'drawbridge-records.yml': {
    heading: |||
      Recording rules for the alerts and the dashboard. Names are level:metric:operation, as Prometheus recommends.
    |||,
    groups: [
      'drawbridge-requests',
      'drawbridge-latency',
      'drawbridge-cache',
      'drawbridge-refusals',
      'drawbridge-live-connections',
      'drawbridge-lockouts',
      'drawbridge-networks',
      'drawbridge-keys',
      'drawbridge-certificates',
    ],
  },
};

// The mixin hides the comments, because Prometheus would refuse them.
local commented(object) = object + (if std.objectHasAll(object, 'comment') then { comment::: super.comment } else {});

local groups = {
  [group.name]: commented(group { rules: [commented(rule) for rule in group.rules] })
  for group in mixin.prometheusRules.groups + mixin.prometheusAlerts.groups
};

local listed = std.sort(std.flattenArrays([files[file].groups for file in std.objectFields(files)]));
assert listed == std.objectFields(groups) : 'each group must be in one file';

{
  [file]: { heading: files[file].heading, groups: [groups[name] for name in files[file].groups] }
  for file in std.objectFields(files)
}
