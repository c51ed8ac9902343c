"""What the bridge knows of itself: counters, histograms, health, the snapshot. No Home Assistant."""
