"""Sends the spans of bridges to a collector of OpenTelemetry. Needs the extra ``tracing``."""
