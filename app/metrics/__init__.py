"""What the server counts of itself, in Prometheus' text format at `/metrics`."""
