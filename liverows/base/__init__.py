"""What every room may know: errors, settings, logs, time and plain types."""
