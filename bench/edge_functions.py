"""Measures how long the Edge Functions take to add a row, through the local stack's gateway."""

from __future__ import annotations

import statistics
import time
from typing import Any

import httpx

from bench.scenarios import Numbers
from devstack.stack import LocalStack

WARM_UP = 5
PARAGRAPHS = [{"id": n, "speaker": n % 2, "sentence": "So it was. " * 10} for n in range(100)]

REQUESTS: dict[str, tuple[dict[str, Any], int]] = {
    "/research-direct": ({"companyName": "Acme"}, 60),
    "/job-positions/by-url": ({"jobUrl": "https://example.com/jobs/a"}, 60),
    "/job-positions/by-description": ({"jobDescription": "Bake for us. " * 400}, 60),
    "/mock-interview/analyse": ({"transcript": PARAGRAPHS}, 15),
}
"""By path: the body, and how many open rows a new user may have before the answer is 429."""


def post(path: str) -> Numbers:
    """Times from POST to the answer 201 in ms; one request after another, without a model key."""
    body, count = REQUESTS[path]
    with LocalStack() as stack:
        user = stack.sign_up()
        headers = {"authorization": f"Bearer {user.access_token}", "apikey": stack.publishable_key}
        took = []
        with httpx.Client(base_url=f"{stack.url}/functions/v1/api", headers=headers) as client:
            for _ in range(WARM_UP + count):
                started = time.perf_counter()
                client.post(path, json=body).raise_for_status()
                took.append((time.perf_counter() - started) * 1000)
    times = sorted(took[WARM_UP:])
    return {
        "p50 ms": statistics.median(times),
        "p95 ms": statistics.quantiles(times, n=20)[-1],
        "worst ms": times[-1],
    }
