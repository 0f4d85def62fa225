"""Answers of recruiting systems for invented postings, in the form of each system.

They are written by hand from the systems' public documentation. Each contains a difficulty of
its system.
"""

from __future__ import annotations

import json

from tests.app.steps.ats_answer import ASHBY_ID, BODY, LEVER_ID, AtsAnswer, escaped
from tests.app.steps.more_ats_answers import (
    PERSONIO,
    RECRUITEE,
    RIPPLING,
    SMARTRECRUITERS,
    TEAMTAILOR,
    WORKABLE,
    WORKDAY,
)

GREENHOUSE = AtsAnswer(
    "greenhouse",
    "https://boards.greenhouse.io/acmepumps/jobs/4012345?gh_src=x",
    "boards-api.greenhouse.io/v1/boards/acmepumps/jobs/4012345",
    json.dumps(
        {
            "id": 4012345,
            "title": "Pump Tester &amp; Fitter",
            "company_name": "Acme Pumps",
            "absolute_url": "https://careers.acmepumps.example/jobs/4012345?gh_jid=4012345",
            "location": {"name": "Hybrid - Leeds, UK"},
            "content": escaped(escaped(BODY)),
            "first_published": "2026-10-02T09:30:00-04:00",
            "updated_at": "2026-11-20T00:00:00Z",
            "requisition_id": "R-7",
            "metadata": [
                {"name": "Employment Type", "value": "Full-time"},
                {"name": "Cost centre", "value": "Contract 9"},
            ],
            "pay_input_ranges": [
                {
                    "min_cents": 3_400_000,
                    "max_cents": 4_100_000,
                    "currency_type": "GBP",
                    "title": "Annual salary",
                    "blurb": "",
                }
            ],
        }
    ),
    {
        "job_title": "Pump Tester & Fitter",
        "company_name": "Acme Pumps",
        "company_website": "https://careers.acmepumps.example",
        "location": "Hybrid - Leeds, UK",
        "workplace_type": "hybrid",
        "employment_type": "full_time",
        "salary_min": 34_000,
        "salary_max": 41_000,
        "salary_currency": "GBP",
        "salary_interval": "year",
        "posted_at": "2026-10-02",
        "source_job_id": "4012345",
        "apply_url": "https://careers.acmepumps.example/jobs/4012345?gh_jid=4012345",
    },
)

GREENHOUSE_ZONES = AtsAnswer(
    "greenhouse",
    "https://job-boards.eu.greenhouse.io/embed/job_app?for=acmepumps&token=88",
    "boards-api.eu.greenhouse.io/v1/boards/acmepumps/jobs/88",
    json.dumps(
        {
            "id": 88,
            "title": "Pump Tester",
            "content": BODY,
            "location": None,
            "pay_input_ranges": [
                {"min_cents": 9_000_000, "max_cents": 9_900_000, "currency_type": "USD"},
                {"min_cents": 8_000_000, "max_cents": 8_800_000, "currency_type": "USD"},
            ],
        }
    ),
    {
        "job_title": "Pump Tester",
        "company_name": None,
        "location": None,
        "salary_range": "USD 90,000 - 99,000; USD 80,000 - 88,000",
        "salary_min": None,
        "salary_max": None,
        "employment_type": None,
        "posted_at": None,
    },
)

LEVER = AtsAnswer(
    "lever",
    f"https://jobs.eu.lever.co/acme-pumps/{LEVER_ID}/apply?lever-source=x",
    f"api.eu.lever.co/v0/postings/acme-pumps/{LEVER_ID}",
    json.dumps(
        {
            "id": LEVER_ID,
            "text": "Pump Tester",
            "categories": {
                "location": "Leeds",
                "commitment": "Part-time",
                "allLocations": ["Leeds", "York"],
            },
            "description": "<div>We are looking for somebody patient.</div>",
            "opening": "<div>We are looking for somebody patient.</div>",
            "lists": [
                {"text": "What you will do", "content": "<li>Keep the pumps running</li><li>B</li>"}
            ],
            "additional": "<p>Canteen &amp; tea.</p>",
            "hostedUrl": f"https://jobs.eu.lever.co/acme-pumps/{LEVER_ID}",
            "applyUrl": f"https://jobs.eu.lever.co/acme-pumps/{LEVER_ID}/apply",
            "workplaceType": "on-site",
            "createdAt": 1_791_000_000_000,
            "salaryRange": {
                "currency": "EUR",
                "interval": "per-hour-wage",
                "min": 18.5,
                "max": 21,
            },
        }
    ),
    {
        "job_title": "Pump Tester",
        "company_name": None,
        "location": "Leeds; York",
        "workplace_type": "on_site",
        "employment_type": "part_time",
        "salary_min": 18.5,
        "salary_max": 21,
        "salary_currency": "EUR",
        "salary_interval": "hour",
        "posted_at": "2026-10-03",
        "source_job_id": LEVER_ID,
    },
    described=("## What you will do", "- Keep the pumps running", "Canteen & tea."),
)

ASHBY = AtsAnswer(
    "ashby",
    f"https://jobs.ashbyhq.com/Acme%20Pumps/{ASHBY_ID}/application",
    "api.ashbyhq.com/posting-api/job-board/Acme%20Pumps",
    json.dumps(
        {
            "apiVersion": "1",
            "jobs": [
                {"id": "another", "title": "Welder", "isListed": True},
                {
                    "id": ASHBY_ID,
                    "title": "Pump Tester",
                    "isListed": True,
                    "employmentType": "FullTime",
                    "location": "Berlin Office",
                    "address": {
                        "postalAddress": {
                            "addressLocality": "Berlin",
                            "addressCountry": "Germany",
                        }
                    },
                    "secondaryLocations": [{"location": "Remote (EU)"}],
                    "isRemote": True,
                    "workplaceType": "Hybrid",
                    "publishedAt": "2026-09-30T10:00:00.000+00:00",
                    "descriptionHtml": BODY,
                    "jobUrl": f"https://jobs.ashbyhq.com/Acme%20Pumps/{ASHBY_ID}",
                    "applyUrl": f"https://jobs.ashbyhq.com/Acme%20Pumps/{ASHBY_ID}/application",
                    "compensation": {
                        "compensationTierSummary": "€81K - €87K • 0.5% Equity",
                        "scrapeableCompensationSalarySummary": "€81K - €87K",
                        "compensationTiers": [
                            {
                                "components": [
                                    {
                                        "compensationType": "Salary",
                                        "interval": "1 YEAR",
                                        "currencyCode": "EUR",
                                        "minValue": 81_000,
                                        "maxValue": 87_000,
                                    },
                                    {
                                        "compensationType": "EquityPercentage",
                                        "interval": "NONE",
                                        "minValue": 0.5,
                                        "maxValue": 1.5,
                                    },
                                ]
                            }
                        ],
                    },
                },
            ],
        }
    ),
    {
        "job_title": "Pump Tester",
        "location": "Berlin Office; Remote (EU)",
        "workplace_type": "hybrid",
        "employment_type": "full_time",
        "salary_range": "€81K - €87K",
        "salary_min": 81_000,
        "salary_max": 87_000,
        "salary_currency": "EUR",
        "salary_interval": "year",
        "posted_at": "2026-09-30",
        "source_job_id": ASHBY_ID,
    },
)

ANSWERS = (
    GREENHOUSE,
    GREENHOUSE_ZONES,
    LEVER,
    ASHBY,
    WORKDAY,
    SMARTRECRUITERS,
    WORKABLE,
    RECRUITEE,
    PERSONIO,
    TEAMTAILOR,
    RIPPLING,
)
