"""The steps of company research: how often each step is tried, and for how long."""

from __future__ import annotations

from liverows import ONCE, Retry, Step
from worker.companies.analyse import (
    FACTS_VERSION,
    ROLE_VERSION,
    analyse,
    no_analysis,
    no_preparation,
    prepare_for_role,
)
from worker.companies.brief import settle
from worker.companies.find_site import find_site, no_site
from worker.companies.open_source import no_github, search_github
from worker.companies.second_opinion import OPINION_VERSION, ask_again, no_opinion
from worker.companies.website import (
    no_pages,
    no_website,
    nothing_more,
    scrape_more,
    scrape_pages,
    scrape_website,
)

# Seconds. With this `longest_wait`, the row never waits in the database: the step's fallback is
# used instead.
_HERE = 1e9

FIND = Step(
    "find-website",
    find_site,
    retry=Retry(attempts=2, total=10, longest_wait=_HERE),
    timeout=20,
    fallback=no_site,
    paid=True,
    weight=1,
    stage="Looking for the website",
)
SCRAPE = Step(
    "scrape-website",
    scrape_website,
    retry=Retry(attempts=3, first_wait=1, max_wait=10, total=25, longest_wait=_HERE),
    timeout=15,
    fallback=no_website,
    weight=1,
    stage="Reading the website",
)
# Tried once, because a second try would read all pages again.
SCRAPE_PAGES = Step(
    "scrape-pages",
    scrape_pages,
    retry=ONCE,
    timeout=15,
    fallback=no_pages,
    weight=2,
    stage="Reading the website",
)
SCRAPE_MORE = Step(
    "scrape-more",
    scrape_more,
    retry=Retry(attempts=2, total=60, longest_wait=_HERE),
    timeout=60,
    fallback=nothing_more,
    weight=3,
    stage="Reading more of the website",
)
GITHUB = Step(
    "search-github",
    search_github,
    retry=Retry(attempts=3, first_wait=1, max_wait=10, total=25, longest_wait=_HERE),
    timeout=10,
    fallback=no_github,
    weight=2,
    stage="Looking at GitHub",
)
# Paid calls of the model. The answers are stored unchanged and checked afterwards.
ANALYSE = Step(
    "analyze-with-llm",
    analyse,
    retry=Retry(attempts=2, total=30),
    timeout=60,
    fallback=no_analysis,
    weight=6,
    version=FACTS_VERSION,
    provider="language_model",
    paid=True,
    stage="Analysing the company",
)
ASK_AGAIN = Step(
    "second-opinion",
    ask_again,
    retry=Retry(attempts=2, total=30),
    timeout=60,
    fallback=no_opinion,
    weight=2,
    version=OPINION_VERSION,
    provider="language_model",
    paid=True,
    stage="Checking what was found",
)
PREPARE = Step(
    "prepare-for-role",
    prepare_for_role,
    retry=Retry(attempts=2, total=30),
    timeout=60,
    fallback=no_preparation,
    weight=3,
    version=ROLE_VERSION,
    provider="language_model",
    paid=True,
    stage="Preparing for the role",
)
STORE = Step("store-research", settle, weight=1, stage="Putting the brief together")
