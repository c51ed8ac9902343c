"""The bridge's own metrics: counters, histograms, the health score and the snapshot."""
