"""What every other package may import: errors, settings, logs, time and plain types."""
