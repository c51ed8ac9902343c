"""Tests of the exporter against real servers, a real process and promtool."""
