{
  local trimmed(text) = std.rstripChars(text, '\n'),

  // A recording rule. The expression may have several lines.
  record(name, expr):: { record: name, expr: trimmed(expr) },

  // A group of alerts, each with the address of its runbook. A description may have several lines.
  alerts(config, name, rules):: {
    name: name,
    rules: [
      rule {
        expr: trimmed(super.expr),
        annotations+: { runbook_url: config.runbookUrlPattern % rule.alert },
      }
      for rule in rules
    ],
  },
}
