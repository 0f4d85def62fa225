"""What somebody reaches of an object, in the words of the lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

VERBS = ("read", "add", "edit", "delete", "call", "listen")


def in_order(verbs: Iterable[str]) -> str:
    """The verbs as a line names them; `-` for none."""
    return ", ".join(sorted(verbs, key=VERBS.index)) or "-"


@dataclass(slots=True)
class Reached:
    """What one person reaches of one table.

    `read`: the owner's row is seen. `add`: a row is added, for a user in the owner's name or to a
    row of the owner. `edit` and `delete`: the owner's row is changed or gone. A column is `added`
    or `edited` if a value of one's own may be written into it.
    """

    row: set[str] = field(default_factory=set)
    columns: dict[str, set[str]] = field(default_factory=dict)

    def note(self, column: str, verb: str) -> None:
        """Note that the column is reached."""
        self.columns.setdefault(column, set()).add(verb)
