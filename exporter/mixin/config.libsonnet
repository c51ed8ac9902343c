{
  _config+:: {
    // Which series of the exporter the rules read, such as 'job="drawbridge"'. Without it, they read all.
    drawbridgeSelector: '',

    // The scrape jobs that must be up.
    scrapeJobSelector: 'job=~".*drawbridge.*"',

    // The page of an alert, with its name in the place of %s.
    runbookUrlPattern: 'https://github.com/drawbridge-ha/drawbridge/blob/main/docs/runbooks/%s.md',

    // The objectives over 30 days: the ratio of requests that may fail or be slow, and from when on a request is slow.
    // The histogram of the request durations must have a bucket there.
    errorBudget: 0.01,
    slowSeconds: 2,

    // The windows of the rates of requests, errors and slow requests.
    rateWindows: ['5m', '30m', '1h', '2h', '6h', '1d', '3d'],

    // An alert fires when the error budget is used up this many times too fast, in a long and in a short window.
    // budgetEnds completes the sentence "At this rate, the error budget of 30 days is used up …".
    burnRates: {
      critical: {
        budgetEnds: 'within five days',
        rates: [{ factor: 14.4, long: '1h', short: '5m' }, { factor: 6, long: '6h', short: '30m' }],
      },
      warning: {
        budgetEnds: 'before its end',
        rates: [{ factor: 3, long: '1d', short: '2h' }, { factor: 1, long: '3d', short: '6h' }],
      },
    },

    // Below this number of requests per second, no ratio is judged.
    minRequestRate: 0.02,

    minHealthScore: 0.8,
    minCacheHitRatio: 0.8,
    maxFileDescriptorRatio: 0.8,
    maxClockSkewSeconds: 30,
    certificateExpiryDays: 14,
    keyExpiryDays: 7,
    keyUnusedDays: 90,
    maxRefusalsIn5m: 50,
    maxSlowReadersIn15m: 2,
    maxConflatedRate: 1,
    maxConflatedRatio: 0.2,

    // Alerts about many homes: the ratio of homes, and the number of homes from which on it is judged.
    maxHomesDownRatio: 0.1,
    minHomes: 10,

    // For the expressions: the selector in braces, the same before further matchers, and the bucket of slowSeconds.
    // Prometheus 3 writes whole numbers as floats: le="2.0".
    selector:: if self.drawbridgeSelector == '' then '' else '{%s}' % self.drawbridgeSelector,
    matchers:: if self.drawbridgeSelector == '' then '' else self.drawbridgeSelector + ', ',
    slowBucket:: if std.floor(self.slowSeconds) == self.slowSeconds
    then '%d.0' % self.slowSeconds
    else '%g' % self.slowSeconds,
  },
}
