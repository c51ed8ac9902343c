// The dashboards are built from dashboards/*.json, which have settings in their texts and thresholds, such as
// "%(minHealthScore)g". scripts/build_dashboard.py writes these files and ../dashboards.
{
  local config = $._config,

  local settings = config {
    goodHealthScore: (1 + config.minHealthScore) / 2,
    badHealthScore: 0.75 * config.minHealthScore,
    badCacheHitRatio: 0.75 * config.minCacheHitRatio,
    minCacheHitPercent: 100 * config.minCacheHitRatio,
    errorBudgetPercent: 100 * config.errorBudget,
    badErrors: 5 * config.errorBudget,
    halfSlowSeconds: config.slowSeconds / 2,
    certificateExpirySeconds: config.certificateExpiryDays * 86400,
    runbooksUrl: std.split(config.runbookUrlPattern, '%s')[0],
  },

  local hasSetting(value) = std.isString(value) && std.length(std.splitLimit(value, '%(', 1)) > 1,

  // The value of a threshold is a number. The link to a runbook has the name of the alert as its title.
  local member(object, name) =
    local value = object[name];
    if name == 'value' && hasSetting(value) then std.parseJson(value % settings)
    else if name == 'url' && value == '%(runbookUrlPattern)s' then config.runbookUrlPattern % object.title
    else filled(value),

  local filled(value) =
    if std.isObject(value) then { [name]: member(value, name) for name in std.objectFields(value) }
    else if std.isArray(value) then std.map(filled, value)
    else if hasSetting(value) then value % settings
    else value,

  grafanaDashboards+:: {
    'drawbridge.json': filled(import 'dashboards/drawbridge.json'),
    'drawbridge-fleet.json': filled(import 'dashboards/drawbridge-fleet.json'),
  },
}
