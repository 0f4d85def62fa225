"""When a cron expression is due, also where the clock of a zone is put forward or back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.library.sql.questions import one
from tests.support.databases import Database
from tests.support.queue import Connection, refused

pytestmark = pytest.mark.any_version

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/Santiago",
    "Asia/Kathmandu",
)
"""Among them a change by half an hour, one during each Ramadan, and two at midnight."""

CHANGES = tuple(
    datetime(2024, month, day, hour, tzinfo=UTC)
    for month, day, hour in (
        (3, 31, 1), (10, 27, 1),  # Berlin
        (3, 10, 7), (11, 3, 6),  # New York
        (4, 6, 15), (10, 5, 15),  # Lord Howe
        (3, 10, 2), (4, 14, 2),  # Casablanca
        (4, 25, 22), (10, 31, 21),  # Cairo
        (4, 7, 3), (9, 8, 4),  # Santiago
    )
)  # fmt: skip
"""Moments at which the clock of a zone was changed: in the past, because Postgres and Python may
have other versions of the rules for the years to come."""


@pytest.fixture(scope="module")
def owner(module_database: Database) -> Iterator[Connection]:
    with psycopg.connect(module_database.dsn, autocommit=True) as connection:
        yield connection


def due(owner: Connection, cron: str, zone: str, after: datetime, count: int = 1) -> list[datetime]:
    """The next moments at which the expression is due, in UTC."""
    found: list[datetime] = []
    for _ in range(count):
        after = one(owner, "select processing.cron_next(%s, %s, %s)", cron, zone, after)
        found.append(after.astimezone(UTC))
    return found


def at(owner: Connection, cron: str, zone: str, after: str, count: int = 1) -> list[str]:
    """As `due`, from and in the local time of the zone, with its offset."""
    start = datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone))
    moments = due(owner, cron, zone, start, count)
    return [moment.astimezone(ZoneInfo(zone)).strftime("%d %H:%M%z") for moment in moments]


@st.composite
def fields(draw: st.DrawFn, low: int, high: int, names: Sequence[str] = ()) -> str:
    """One field of an expression."""

    def word(number: int) -> str:
        named = names and number < len(names) + low and draw(st.booleans())
        return (
            draw(st.sampled_from(["{}", "{:02}"])).format(number)
            if not named
            else (names[number - low])
        )

    items = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        first = draw(st.integers(low, high - 1))
        last = draw(st.integers(first + 1, high))
        step = draw(st.integers(1, high))
        kind = draw(st.sampled_from(["*", "*/", "n", "n", "-", "-/", "n/"]))
        items.append(
            {
                "*": "*",
                "*/": f"*/{step}",
                "n": word(first),
                "-": f"{word(first)}-{word(last)}",
                "-/": f"{word(first)}-{word(last)}/{step}",
                "n/": f"{first}/{step}",
            }[kind]
        )
    return ",".join(items)


MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

EXPRESSIONS = st.tuples(
    fields(0, 59), fields(0, 23), st.just("*") | fields(1, 31),
    st.just("*") | fields(1, 12, MONTHS), st.just("*") | fields(0, 7, DAYS),
).map(" ".join)  # fmt: skip

MOMENTS = st.one_of(
    st.tuples(st.sampled_from(CHANGES), st.integers(-26 * 60, 4 * 60)).map(
        lambda pair: pair[0] + timedelta(minutes=pair[1])
    ),
    st.datetimes(datetime(2015, 1, 1), datetime(2024, 1, 1)).map(
        lambda moment: moment.replace(tzinfo=UTC, second=0, microsecond=0)
    ),
)


def expected(cron: str, zone: str, after: datetime) -> datetime | None:
    """The same moment by CronSim, which follows Debian's cron."""
    for moment in CronSim(cron, after.astimezone(ZoneInfo(zone))):
        # In a repeated hour it begins with the first time, which may have passed.
        if moment.astimezone(UTC) > after:
            return moment.astimezone(UTC)
    return None


HALF_AN_HOUR = "Australia/Lord_Howe"


@settings(max_examples=250)
@given(cron=EXPRESSIONS, zone=st.sampled_from(ZONES), after=MOMENTS)
def test_the_next_moment_is_that_of_debians_cron(
    owner: Connection, cron: str, zone: str, after: datetime
) -> None:
    minute, hour, *_ = cron.split()
    # CronSim counts on by whole hours from the half hour by which this clock is changed.
    if zone == HALF_AN_HOUR and hour != "*" and "*" in (minute[0], hour[0]):
        zone = "UTC"
    found = one(owner, "select processing.cron_next(%s, %s, %s)", cron, zone, after)
    assert (found and found.astimezone(UTC)) == expected(cron, zone, after)


@settings(max_examples=100)
@given(
    cron=EXPRESSIONS, zone=st.sampled_from(ZONES), since=MOMENTS, minutes=st.integers(0, 9 * 1440)
)
def test_the_latest_moment_is_due_and_none_follows_it(
    owner: Connection, cron: str, zone: str, since: datetime, minutes: int
) -> None:
    until = since + timedelta(minutes=minutes)
    found = one(owner, "select processing.cron_latest(%s, %s, %s, %s)", cron, zone, since, until)
    following = one(owner, "select processing.cron_next(%s, %s, %s)", cron, zone, found)
    assert following is None or following > until
    if found != since:
        assert since < found <= until
        assert due(owner, cron, zone, found - timedelta(minutes=1)) == [found.astimezone(UTC)]


@pytest.mark.parametrize(
    ("zone", "cron", "after", "moments"),
    [
        # The clock skips the time: due when it has been put forward, and once only.
        ("Europe/Berlin", "30 2 * * *", "2024-03-30 12:00", ["31 03:00+0200", "01 02:30+0200"]),
        ("Europe/Berlin", "0,30 2,3 * * *", "2024-03-30 12:00", ["31 03:00+0200", "31 03:30+0200"]),
        ("America/New_York", "15 2 * * *", "2024-03-09 12:00", ["10 03:00-0400", "11 02:15-0400"]),
        (HALF_AN_HOUR, "10 2 * * *", "2024-10-05 12:00", ["06 02:30+1100", "07 02:10+1100"]),
        ("Africa/Casablanca", "30 2 * * *", "2024-04-13 12:00", ["14 03:00+0100", "15 02:30+0100"]),
        ("Africa/Cairo", "0 0 * * *", "2024-04-25 12:00", ["26 01:00+0300", "27 00:00+0300"]),
        ("America/Santiago", "@daily", "2024-09-07 12:00", ["08 01:00-0300", "09 00:00-0300"]),
        # The time comes twice: due the first time.
        ("Europe/Berlin", "30 2 * * *", "2024-10-26 12:00", ["27 02:30+0200", "28 02:30+0100"]),
        ("America/New_York", "30 1 * * *", "2024-11-02 12:00", ["03 01:30-0400", "04 01:30-0500"]),
        (HALF_AN_HOUR, "45 1 * * *", "2024-04-06 12:00", ["07 01:45+1100", "08 01:45+1030"]),
        ("Africa/Casablanca", "30 2 * * *", "2024-03-09 12:00", ["10 02:30+0100", "11 02:30+0000"]),
        ("Africa/Cairo", "30 23 * * *", "2024-10-31 12:00", ["31 23:30+0300", "01 23:30+0200"]),
        # With a star, by the minutes that pass.
        ("Europe/Berlin", "*/30 * * * *", "2024-03-31 01:29", [
            "31 01:30+0100", "31 03:00+0200", "31 03:30+0200",
        ]),
        ("Europe/Berlin", "0 */2 * * *", "2024-03-31 01:00", ["31 04:00+0200", "31 06:00+0200"]),
        ("Europe/Berlin", "*/30 2 * * *", "2024-10-27 01:00", [
            "27 02:00+0200", "27 02:30+0200", "27 02:00+0100", "27 02:30+0100", "28 02:00+0100",
        ]),
        (HALF_AN_HOUR, "*/15 * * * *", "2024-04-07 01:31", [
            "07 01:45+1100", "07 01:30+1030", "07 01:45+1030", "07 02:00+1030",
        ]),
        (HALF_AN_HOUR, "0 */2 * * *", "2024-04-06 23:00", ["07 00:00+1100", "07 02:00+1030"]),
    ],
)  # fmt: skip
def test_changes_of_the_clock(
    owner: Connection, zone: str, cron: str, after: str, moments: list[str]
) -> None:
    assert at(owner, cron, zone, after, len(moments)) == moments


def test_every_five_minutes_are_five_minutes_of_real_time(owner: Connection) -> None:
    start = datetime(2024, 10, 26, 22, 0, tzinfo=UTC)
    moments = due(owner, "*/5 * * * *", "Europe/Berlin", start, 48)
    assert moments == [start + timedelta(minutes=5 * n) for n in range(1, 49)]


@pytest.mark.parametrize(
    ("cron", "moments"),
    [
        ("0 3 * * *", ["2026-03-01T03:00", "2026-03-02T03:00"]),
        ("0 0 29 2 *", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        ("0 0 31 * *", ["2026-03-31T00:00", "2026-05-31T00:00"]),
        ("0 9 * * mon-fri", ["2026-03-02T09:00", "2026-03-03T09:00"]),
        ("0 9 * * 7", ["2026-03-01T09:00", "2026-03-08T09:00"]),
        ("0 9 * * 0", ["2026-03-01T09:00", "2026-03-08T09:00"]),
        ("0 9 * * 5-7", ["2026-03-01T09:00", "2026-03-06T09:00"]),
        # Both days are named: one of them has to match. One begins with a star: both.
        ("0 9 13 * fri", ["2026-03-06T09:00", "2026-03-13T09:00", "2026-03-20T09:00"]),
        ("0 9 */2 * fri", ["2026-03-13T09:00", "2026-03-27T09:00"]),
        ("0 9 1 jan,JUL *", ["2026-07-01T09:00", "2027-01-01T09:00"]),
        ("5/20 22-23 * * *", ["2026-03-01T22:05", "2026-03-01T22:25"]),
        ("0\t 12  *  * *", ["2026-03-01T12:00"]),
        ("@hourly", ["2026-03-01T01:00"]),
        ("@weekly", ["2026-03-08T00:00"]),
        ("@Monthly", ["2026-04-01T00:00"]),
        ("@yearly", ["2027-01-01T00:00"]),
    ],
)
def test_what_expressions_mean(owner: Connection, cron: str, moments: list[str]) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    found = due(owner, cron, "UTC", start, len(moments))
    assert [moment.strftime("%Y-%m-%dT%H:%M") for moment in found] == moments


@pytest.mark.parametrize(
    ("cron", "message"),
    [
        ("0 3 * *", "4 fields and not five"),
        ("0 0 3 * * *", "6 fields and not five"),
        ("", "0 fields and not five"),
        ("@reboot", "1 fields and not five"),
        ("60 3 * * *", "60 is no minute"),
        ("0 24 * * *", "24 is no hour"),
        ("0 0 0 * *", "0 is no day of the month"),
        ("0 0 * 13 *", "13 is no month"),
        ("0 0 * * 8", "8 is no day of the week"),
        ("0 0 * mon *", "mon is no month"),
        ("0 0 * * monday", "monday is no day of the week"),
        ("*/0 * * * *", "cannot read \\*/0"),
        ("1,,2 * * * *", "cannot read an empty item"),
        ("-5 * * * *", "cannot read -5"),
        ("0 0 L * *", "cannot read l|l is no day of the month"),
        ("0 0 * * fri#2", "cannot read fri#2"),
        ("0 22-5 * * *", "22-5 runs backwards"),
        ("0 0 1; * *", "cannot read 1;"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(
    owner: Connection, cron: str, message: str
) -> None:
    with refused("RJ007") as caught:
        due(owner, cron, "UTC", datetime(2026, 3, 1, tzinfo=UTC))
    assert caught.match(message)
    assert caught.value.diag.message_hint


@pytest.mark.parametrize("cron", ["0 0 31 2 *", "0 0 30 feb *", "0 0 31 4,6,9,11 *"])
def test_a_day_that_never_comes_has_no_moment(owner: Connection, cron: str) -> None:
    assert one(owner, "select processing.cron_next(%s, 'UTC', now())", cron) is None


def test_no_walk_over_minutes_or_years_is_needed(owner: Connection) -> None:
    def seconds(cron: str) -> float:
        # The least of many, because a busy machine can make one of them long.
        return min(once(cron) for _ in range(10))

    def once(cron: str) -> float:
        began = time.perf_counter()
        one(owner, "select processing.cron_next(%s, 'Europe/Berlin', now())", cron)
        return time.perf_counter() - began

    seconds("0 0 1 * *")
    assert seconds("0 0 29 2 *") < 20 * seconds("0 0 1 * *")
