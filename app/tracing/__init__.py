"""OpenTelemetry traces: what a request did, for a collector. The packages of the extra `otel` are
imported by `spans` alone, and that only where a collector is named."""
