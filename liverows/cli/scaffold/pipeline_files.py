"""The files that `liverows new pipeline` adds to a project."""

from __future__ import annotations

import keyword
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from liverows.base.errors import SetupError
from liverows.cli.scaffold.columns import Column
from liverows.cli.scaffold.copies import FOLDER, migrations_in, next_version
from liverows.cli.scaffold.plan import Plan
from liverows.cli.scaffold.texts import filled
from liverows.recipe.step import SLUG
from liverows.running.attach_call import attach_call

_LONGEST_LINE = 96
_ALWAYS = (
    "from typing import Any",
    "from pydantic import BaseModel",
    "from liverows import Context",
    "from liverows import Pipeline",
    "from liverows import Retry",
    "from liverows import Step",
)
_ALWAYS_TESTED = (
    "from typing import Any",
    "from liverows.testing import Ended",
    "from liverows.testing import Project",
    "from liverows.testing import conformance",
)


@dataclass(frozen=True, slots=True)
class NewPipeline:
    """What the files are made from. `columns` are all columns of the table."""

    slug: str
    table: str
    package: str
    columns: Sequence[Column]
    inputs: Sequence[Column]
    outputs: Sequence[Column]
    owner: str | None = None

    def __post_init__(self) -> None:
        if not SLUG.fullmatch(self.slug):
            raise SetupError(
                f"{self.slug!r} is not in lower-case-with-hyphens", cure="name it like summarise-cv"
            )
        for column in (*self.inputs, *self.outputs):
            if not _can_be_field(column.name):
                raise SetupError(
                    f"the column {column.name} cannot be the name of a field in Python",
                    cure="rename the column, or choose another",
                )
        both = sorted({one.name for one in self.inputs} & {one.name for one in self.outputs})
        if both:
            raise SetupError(
                f"{', '.join(both)} would be both input and output", cure="name it once"
            )

    @property
    def module(self) -> str:
        """The name of its file, without `.py`."""
        name = self.slug.replace("-", "_")
        return f"{name}_" if keyword.iskeyword(name) else name


def _can_be_field(name: str) -> bool:
    """Whether a pydantic model can have a field of this name."""
    is_name = name.isidentifier() and not keyword.iskeyword(name)
    return is_name and not name.startswith("_") and not hasattr(BaseModel, name)


def plan_of_pipeline(root: Path, new: NewPipeline, now: datetime) -> Plan:
    """Return what `new pipeline` would change; `now` is in UTC.

    Raises `SetupError` if the package has a file of this name, because a pipeline is made once.
    """
    plan = Plan(root)
    folder = Path(*new.package.split("."))
    python = folder / f"{new.module}.py"
    if (root / python).exists():
        raise SetupError(
            f"{python} is there already", cure="choose another name, or edit that file"
        )
    if not (root / folder / "__init__.py").exists():
        plan.write(folder / "__init__.py", filled("package"))
    version = next_version(migrations_in(root), now)
    plan.write(FOLDER / f"{version}_attach_{new.module}.sql", _attach(new))
    plan.write(python, _pipeline(new))
    plan.write(Path("tests", f"test_{new.module}.py"), _test(new))
    return plan


def _attach(new: NewPipeline) -> str:
    owner = {"owner": new.owner} if new.owner else {}
    inputs, outputs = [one.name for one in new.inputs], [one.name for one in new.outputs]
    call = attach_call(new.table, new.slug, inputs, outputs, owner)
    return filled("attach", table=new.table, slug=new.slug, call=call)


def _pipeline(new: NewPipeline) -> str:
    used = [line for one in (*new.inputs, *new.outputs) for line in one.imports]
    return filled(
        "pipeline",
        title=new.slug.replace("-", " ").capitalize(),
        table=new.table,
        slug=new.slug,
        imports=_imports([*used, *_ALWAYS]),
        inputs=_fields(f"{one.name}: {one.annotation}" for one in new.inputs),
        outputs=_fields(f"{one.name}: {one.annotation}" for one in new.outputs),
        values=", ".join(f"{one.name}={_unknown(one)}" for one in new.outputs),
    )


def _test(new: NewPipeline) -> str:
    given = {one.name: one for one in new.inputs}
    given |= {one.name: one for one in new.columns if one.must_be_given}
    row = ", ".join(f'"{name}": {_sample(one)}' for name, one in given.items())
    if len(row) > _LONGEST_LINE - 13:
        row = "\n        " + row.replace(', "', ',\n        "') + ",\n    "
    used = [line for one in given.values() if not one.is_user for line in one.sample_imports]
    return filled(
        "pipeline_test",
        table=new.table,
        slug=new.slug,
        package=new.package,
        module=new.module,
        imports=_imports([*used, *_ALWAYS_TESTED]),
        row=row,
    )


def _fields(lines: Iterable[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)


def _unknown(column: Column) -> str:
    return column.sample if column.required else "None"


def _sample(column: Column) -> str:
    return "project.user()" if column.is_user else column.sample


def _imports(lines: Sequence[str]) -> str:
    """Return the imports sorted: the standard library, then a blank line, then the others."""
    names: dict[str, set[str]] = {}
    for line in lines:
        _, module, _, name = line.split()
        names.setdefault(module, set()).add(name)
    blocks: dict[bool, list[str]] = {False: [], True: []}
    for module, found in sorted(names.items()):
        is_other = module.partition(".")[0] not in sys.stdlib_module_names
        blocks[is_other].append(f"from {module} import {', '.join(sorted(found))}")
    return "\n\n".join("\n".join(block) for block in blocks.values() if block)
