"""The package of pipelines that the measured command serves. `bench.command` fills it."""
