"""The other half of the recruiting systems, see `ats_answers`."""

from __future__ import annotations

import json

from tests.app.steps.ats_answer import BODY, RIPPLING_ID, AtsAnswer, escaped

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
