"""An unmistakable word for every field that a user can fill, by the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from tests.support.queue import Connection

_FIELDS = """
select c.relname, a.attname, format_type(a.atttypid, null),
    has_column_privilege('authenticated', c.oid, a.attnum, 'insert')
from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
    and format_type(a.atttypid, null)
        in ('text', 'json', 'jsonb', 'bytea', 'text[]', 'character varying')
    and (has_column_privilege('authenticated', c.oid, a.attnum, 'insert')
        or has_column_privilege('authenticated', c.oid, a.attnum, 'update'))
order by 1, 2
"""

# Fields whose constraints refuse a word alone.
_SHAPED: Mapping[str, Callable[[str], Any]] = {
    "job_url": lambda word: f"https://{word}.example/jobs/1",
    "company_url": lambda word: f"https://{word}.example/",
    "company_logo": lambda word: f"https://{word}.example/logo.png",
    "company_website": lambda word: f"https://{word}.example/",
    "companies": lambda word: [{"companyName": word, "companyUrl": f"https://{word}.example/"}],
    "interview_transcript_given": lambda word: [
        {"id": 0, "speaker": 0, "sentence": f"Why do you like {word}?", "start": 0, "end": 2},
        {"id": 1, "speaker": 1, "sentence": f"I like {word} a lot.", "start": 3, "end": 6},
    ],
    "prep_checklist": lambda word: [{"item": word, "done": False}],
}

NO_WORD = {"interview_language_given": "en", "interview_original_audio_path": None}
"""Fields that can hold no word of one's own; a recording's path is planted with its file."""


class Words:
    """Makes words, and remembers them all."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self._numbers = count(1)

    def new(self) -> str:
        """A word that nobody else writes: letters alone, so that it can be a name of a host."""
        number = next(self._numbers)
        letters = "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")
        self.made.append(f"kwyjibo{letters}")
        return self.made[-1]

    def value(self, column: str, type_name: str) -> Any:
        """A value with a new word for a column of this type."""
        if column in NO_WORD:
            return NO_WORD[column]
        word = self.new()
        shaped = _SHAPED.get(column)
        if shaped is not None:
            return shaped(word)
        return {"said": word} if type_name.startswith("json") else word


def fields(owner: Connection, *, insert: bool) -> Iterator[tuple[str, str, str]]:
    """Table, column and type of each field that users may insert, or that they only may update."""
    for table, column, type_name, inserted in owner.execute(_FIELDS).fetchall():
        if inserted is insert:
            yield table, column, type_name


def filled(owner: Connection, words: Words, table: str, *, insert: bool) -> dict[str, Any]:
    """Values with new words for all such fields of a table."""
    return {
        column: value
        for name, column, type_name in fields(owner, insert=insert)
        if name == table and (value := words.value(column, type_name)) is not None
    }
