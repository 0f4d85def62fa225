"""How a pipeline is written and how one row is run: pipelines, steps, retries and checkpoints."""
