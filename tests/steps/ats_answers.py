"""Answers of recruiting systems for invented postings, in the shape each system gives them.

Written by hand from the systems' public documentation; each holds a trap of its system.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

LEVER_ID = "0b8f2f0e-6f0c-4a53-9d0e-1a2b3c4d5e6f"
ASHBY_ID = "7c1de2f3-1111-4222-8333-944455566677"
RIPPLING_ID = "11112222-3333-4444-8555-666677778888"

BODY = (
    "<h3>What you will do</h3><ul><li>Keep the pumps running</li><li>Write down why</li></ul>"
    "<p>We are looking for somebody patient.</p>"
)


@dataclass(frozen=True)
class AtsAnswer:
    """A posting's address, what its system answers there, and the columns that must follow."""

    platform: str
    url: str
    endpoint: str
    body: str
    expected: dict[str, Any]
    content_type: str = "application/json"
    described: tuple[str, ...] = ("- Keep the pumps running", "looking for somebody patient")
    absent: tuple[str, ...] = field(default=("<", "&lt;", "&amp;"))


def escaped(html: str) -> str:
    return html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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

WORKDAY = AtsAnswer(
    "workday",
    "https://acme.wd3.myworkdayjobs.com/en-US/Careers/job/Leeds-UK/Pump-Tester_JR-0042/apply",
    "acme.wd3.myworkdayjobs.com/wday/cxs/acme/Careers/job/Leeds-UK/Pump-Tester_JR-0042",
    json.dumps(
        {
            "jobPostingInfo": {
                "title": "Pump Tester",
                "jobDescription": BODY,
                "location": "Leeds, UK",
                "additionalLocations": ["York, UK"],
                "country": {"descriptor": "United Kingdom"},
                "postedOn": "Posted 3 Days Ago",
                "startDate": "2026-11-18",
                "endDate": "2026-12-31",
                "timeType": "Full time",
                "remoteType": "Fully Remote",
                "jobReqId": "JR-0042",
                "externalUrl": "https://acme.wd3.myworkdayjobs.com/Careers/job/Leeds-UK/Pump-Tester_JR-0042",
            },
            "hiringOrganization": {"name": "Acme Pumps Ltd"},
        }
    ),
    {
        "job_title": "Pump Tester",
        "company_name": "Acme Pumps Ltd",
        "location": "Leeds, UK; York, UK",
        "workplace_type": "remote",
        "employment_type": "full_time",
        "posted_at": "2026-11-18",
        "valid_through": "2026-12-31",
        "source_job_id": "JR-0042",
        "salary_range": None,
    },
)

SMARTRECRUITERS = AtsAnswer(
    "smartrecruiters",
    "https://jobs.smartrecruiters.com/AcmePumps/744000012345678-pump-tester",
    "api.smartrecruiters.com/v1/companies/AcmePumps/postings/744000012345678",
    json.dumps(
        {
            "id": "744000012345678",
            "name": "Pump Tester",
            "company": {"identifier": "AcmePumps", "name": "Acme Pumps"},
            "location": {"city": "Lyon", "region": "ARA", "country": "fr", "remote": False},
            "releasedDate": "2026-10-10T07:00:00.000Z",
            "typeOfEmployment": {"label": "Contract"},
            "jobAd": {
                "sections": {
                    "companyDescription": {"title": "Who we are", "text": "<p>Pumps.</p>"},
                    "jobDescription": {"title": "The job", "text": BODY},
                    "qualifications": {"title": "You", "text": ""},
                }
            },
            "applyUrl": "https://jobs.smartrecruiters.com/AcmePumps/744000012345678/apply",
        }
    ),
    {
        "job_title": "Pump Tester",
        "company_name": "Acme Pumps",
        "location": "Lyon, ARA, FR",
        "workplace_type": None,
        "employment_type": "contractor",
        "posted_at": "2026-10-10",
    },
    described=("## Who we are\n\nPumps.", "## The job", "- Keep the pumps running"),
    absent=("<", "## You"),
)

WORKABLE = AtsAnswer(
    "workable",
    "https://apply.workable.com/acme-pumps/j/ABC123DEF4/apply/",
    "apply.workable.com/api/v1/widget/accounts/acme-pumps",
    json.dumps(
        {
            "name": "Acme Pumps",
            "jobs": [
                {"shortcode": "FFFFFFFFFF", "title": "Welder", "description": "x"},
                {
                    "shortcode": "ABC123DEF4",
                    "title": "Pump Tester",
                    "employment_type": "Full-time",
                    "telecommuting": True,
                    "url": "https://apply.workable.com/j/ABC123DEF4",
                    "application_url": "https://apply.workable.com/j/ABC123DEF4/apply",
                    "published_on": "2026-08-01",
                    "country": "Greece",
                    "city": "Athens",
                    "state": "Attica",
                    "description": BODY,
                },
            ],
        }
    ),
    {
        "job_title": "Pump Tester",
        "company_name": "Acme Pumps",
        "location": "Athens, Attica, Greece",
        "workplace_type": "remote",
        "employment_type": "full_time",
        "posted_at": "2026-08-01",
        "source_job_id": "ABC123DEF4",
    },
)

RECRUITEE = AtsAnswer(
    "recruitee",
    "https://acmepumps.recruitee.com/l/en/o/pump-tester",
    "acmepumps.recruitee.com/api/offers/",
    json.dumps(
        {
            "offers": [
                {
                    "id": 77,
                    "slug": "pump-tester",
                    "title": "Pump Tester",
                    "company_name": "Acme Pumps",
                    "description": BODY,
                    "requirements": "<p>Patience.</p>",
                    "city": "Utrecht",
                    "country": "Netherlands",
                    "location": "Utrecht, Netherlands",
                    "remote": False,
                    "hybrid": True,
                    "on_site": True,
                    "employment_type_code": "fulltime_permanent",
                    "careers_url": "https://acmepumps.recruitee.com/o/pump-tester",
                    "careers_apply_url": "https://acmepumps.recruitee.com/o/pump-tester/c/new",
                    "published_at": "2026-07-04 08:00:00 UTC",
                    "salary": {"min": "2800", "max": None, "currency": "EUR", "period": "month"},
                }
            ]
        }
    ),
    {
        "job_title": "Pump Tester",
        "company_name": "Acme Pumps",
        "company_website": None,
        "location": "Utrecht, Netherlands",
        "workplace_type": "hybrid",
        "employment_type": "full_time",
        "salary_min": 2800,
        "salary_max": None,
        "salary_currency": "EUR",
        "salary_interval": "month",
        "posted_at": "2026-07-04",
        "source_job_id": "77",
    },
    described=("- Keep the pumps running", "## Requirements\n\nPatience."),
)

PERSONIO = AtsAnswer(
    "personio",
    "https://acme-pumps.jobs.personio.de/job/1234567?language=de&display=de",
    "acme-pumps.jobs.personio.de/xml",
    f"""<?xml version="1.0" encoding="UTF-8"?>
<workzag-jobs>
  <position><id>1</id><name>Schweißer</name></position>
  <position>
    <id>1234567</id><subcompany>Acme Pumpen GmbH</subcompany><office>Köln</office>
    <additionalOffices><office>Bonn</office></additionalOffices>
    <name>Pumpenprüfer (m/w/d)</name>
    <jobDescriptions>
      <jobDescription><name>Deine Aufgaben</name><value><![CDATA[{BODY}]]></value></jobDescription>
    </jobDescriptions>
    <employmentType>permanent</employmentType><schedule>part-time</schedule>
    <createdAt>2026-06-05T12:00:00+00:00</createdAt>
  </position>
</workzag-jobs>""",
    {
        "job_title": "Pumpenprüfer (m/w/d)",
        "company_name": "Acme Pumpen GmbH",
        "location": "Köln; Bonn",
        "employment_type": "part_time",
        "posted_at": "2026-06-05",
        "source_job_id": "1234567",
    },
    content_type="text/xml",
    described=("## Deine Aufgaben", "- Keep the pumps running"),
)

TEAMTAILOR = AtsAnswer(
    "teamtailor",
    "https://acmepumps.teamtailor.com/jobs/555123-pump-tester",
    "acmepumps.teamtailor.com/jobs.rss",
    f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:tt="https://teamtailor.com/locations"><channel><title>Jobs</title>
  <item><title>Welder</title><link>https://acmepumps.teamtailor.com/jobs/55512-welder</link></item>
  <item>
    <title>Pump Tester</title><description>{escaped(BODY)}</description>
    <pubDate>Mon, 05 Oct 2026 10:00:00 +0200</pubDate>
    <link>https://acmepumps.teamtailor.com/jobs/555123-pump-tester</link>
    <remoteStatus>fully</remoteStatus>
    <tt:locations><tt:location><tt:name>Malmö HQ</tt:name><tt:city>Malmö</tt:city>
      <tt:country>Sweden</tt:country></tt:location></tt:locations>
  </item>
</channel></rss>""",
    {
        "job_title": "Pump Tester",
        "location": "Malmö HQ",
        "workplace_type": "remote",
        "posted_at": "2026-10-05",
        "source_job_id": "555123",
    },
    content_type="application/rss+xml",
)

RIPPLING = AtsAnswer(
    "rippling",
    f"https://ats.rippling.com/en-GB/acme-pumps/jobs/{RIPPLING_ID}",
    f"api.rippling.com/platform/api/ats/v1/board/acme-pumps/jobs/{RIPPLING_ID}",
    json.dumps(
        {
            "uuid": RIPPLING_ID,
            "name": "Pump Tester",
            "companyName": "Acme Pumps",
            "description": {"company": "<p>Pumps since 1902.</p>", "role": BODY},
            "workLocations": ["Remote (United States)"],
            "employmentType": {"label": "Salaried, full-time", "id": "SALARIED_FT"},
            "createdOn": "2026-05-06T00:00:00Z",
            "url": f"https://ats.rippling.com/acme-pumps/jobs/{RIPPLING_ID}",
            "payRangeDetails": [
                {
                    "rangeStart": 90_000,
                    "rangeEnd": 110_000,
                    "currency": "USD",
                    "frequency": "PER_YEAR",
                }
            ],
        }
    ),
    {
        "job_title": "Pump Tester",
        "company_name": "Acme Pumps",
        "location": "Remote (United States)",
        "workplace_type": "remote",
        "salary_min": 90_000,
        "salary_max": 110_000,
        "salary_currency": "USD",
        "salary_interval": "year",
        "posted_at": "2026-05-06",
        "employment_type": "full_time",
    },
    described=("Pumps since 1902.", "- Keep the pumps running"),
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
