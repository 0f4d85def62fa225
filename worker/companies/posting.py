"""What the reader's own job position adds to the brief."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from worker.companies.profile import ReadSource, SalaryRange

POSTING_ID = "p1"


class Posting(BaseModel):
    """The columns of a job position that a brief uses."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str | None = None
    title: str | None = None
    description: str | None = None
    salary_range: str | None = None
    salary_min: float | None = None
    salary_max: float | None = None
    salary_currency: str | None = None
    salary_interval: str | None = None
    read_at: datetime | None = None


def posting_source(posting: Posting) -> ReadSource:
    """The title, pay and description of a posting as a source that can be cited."""
    lines = [posting.title, posting.salary_range, posting.description]
    text = "\n".join(line for line in lines if line)
    return ReadSource(
        id=POSTING_ID,
        url=posting.url or "",
        title=posting.title or "The posting",
        kind="posting",
        retrieved_at=posting.read_at or datetime.now(UTC),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        status=200,
        text=text,
        page="posting",
    )


def posting_salary(posting: Posting) -> SalaryRange | None:
    """The pay of a posting; None if it states no number."""
    if posting.salary_min is None and posting.salary_max is None:
        return None
    return SalaryRange(
        text=posting.salary_range or "",
        min=posting.salary_min,
        max=posting.salary_max,
        currency=posting.salary_currency,
        interval=posting.salary_interval,
        basis="posting",
        sources=(POSTING_ID,),
    )
