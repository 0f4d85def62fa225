"""Commands for budgets: what is used of each, set a limit, remove one."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from rich.text import Text

from liverows.base.errors import SetupError
from liverows.base.printable import on_one_line
from liverows.base.types import Json, JsonObject
from liverows.cli.answers import BUDGET, BUDGETS, BudgetLine, Number
from liverows.cli.bulk import OperatorOption, YesOption, confirm, who
from liverows.cli.call import call
from liverows.cli.choices import Measure, Per, Period
from liverows.cli.listing import JsonOption
from liverows.cli.show import console, day_and_time, duration, plain_table, show_json
from liverows.cli.upkeep import present_limits
from liverows.database.answers import checked

budgets = typer.Typer(
    help="Limits on what is paid for, and on rows: list, set, remove.", no_args_is_help=True
)

MeasureArgument = Annotated[Measure, typer.Argument(help="What is counted.")]
PipelineOption = Annotated[
    str | None, typer.Option(help="The pipeline whose use counts; by default all together.")
]
PerOption = Annotated[
    Per | None,
    typer.Option(help="One counter for each owner, for the pipeline, or for all together."),
]
OwnerOption = Annotated[str | None, typer.Option(help="Only this owner, instead of each.")]
PeriodOption = Annotated[Period, typer.Option(help="When it begins anew, in UTC.")]

_NUMBER = re.compile(r"\d{1,16}(\.\d{1,9})?", re.ASCII)


@budgets.command("list")
def list_budgets(
    pipeline: Annotated[
        str | None, typer.Option(help="Only budgets that hold for rows of this pipeline.")
    ] = None,
    owners: Annotated[
        int, typer.Option(min=1, max=1000, help="Of a budget for each owner, at most so many.")
    ] = 10,
    as_json: JsonOption = False,
) -> None:
    """Show every budget with what is used and reserved of it, and when it begins anew.

    Of a budget for each owner, the owners with the most use are shown.
    """
    if pipeline is not None:
        present_limits(pipeline)  # otherwise a misspelt name would show the budgets of all
    answer = call("budgets", most_owners=owners, pipeline=pipeline)
    if as_json:
        show_json(answer)
        return
    lines = checked(BUDGETS, answer, "budgets")
    if lines:
        _print(lines)
    else:
        console.print("There is no budget; `budgets set` makes one.")


@budgets.command("set")
def set_budget(
    measure: MeasureArgument,
    most: Annotated[
        str, typer.Argument(metavar="LIMIT", help="A number, such as 20 or 0.5; 0 allows nothing.")
    ],
    pipeline: PipelineOption = None,
    per: PerOption = None,
    owner: OwnerOption = None,
    period: PeriodOption = Period.DAY,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a budget, or change its limit. It holds from the next paid call on.

    Without --per, the narrowest counter that the other options name is meant. Rows that wait for a
    budget try again at once.
    """
    if _NUMBER.fullmatch(most) is None:
        raise typer.BadParameter(f"{most} is no number such as 20 or 0.5", param_hint="LIMIT")
    # As text, because a binary fraction would be stored with all its digits.
    answer = _set(measure, most, _scope(pipeline, per, owner, period), operator)
    if as_json:
        show_json(answer)
    else:
        _print([checked(BUDGET, answer, "set_budget")])


@budgets.command()
def remove(
    measure: MeasureArgument,
    pipeline: PipelineOption = None,
    per: PerOption = None,
    owner: OwnerOption = None,
    period: PeriodOption = Period.DAY,
    yes: YesOption = False,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove a budget, after a confirmation: it limits nothing any more.

    A limit that `processing.attach` has declared holds again then, and can only be replaced.
    """
    scope = _scope(pipeline, per, owner, period)
    given = ", ".join(f"{name} {value}" for name, value in scope.items() if value is not None)
    confirm(f"Remove the budget of {measure.value} ({given})?", yes=yes)
    before = _known()
    answer = _set(measure, None, scope, operator)
    # The database knows which owner a text means, so that it says what is gone.
    if answer is None and _known() >= before:
        raise SetupError(
            f"there is no budget of {measure.value} ({given})",
            cure="`budgets list` shows what there is",
            code="not_found",
        )
    if as_json:
        show_json({"removed": answer is None, "holds": answer})
    elif answer is None:
        console.print(f"the budget of {measure.value} ({given}) is removed")
    else:
        console.print("the limit that attach has declared holds")
        _print([checked(BUDGET, answer, "set_budget")])


def _scope(
    pipeline: str | None, per: Per | None, owner: str | None, period: Period
) -> dict[str, str | None]:
    return {
        "pipeline": pipeline,
        "per": per.value if per else None,
        "owner": owner,
        "period": period.value,
    }


def _set(
    measure: Measure, most: str | None, scope: dict[str, str | None], operator: str | None
) -> Json:
    wanted: JsonObject = {"measure": measure.value, "most": most, **scope}
    return call("set_budget", operator=who(operator), **wanted)


def _known() -> set[int]:
    answer = call("budgets", most_owners=1)
    return {line.budget for line in checked(BUDGETS, answer, "budgets")}


def _print(lines: list[BudgetLine]) -> None:
    table = plain_table(
        "pipeline", "of", "measure", ">used", ">reserved", ">limit", "", "begins anew (UTC)",
        "set by",
    )  # fmt: skip
    for line in lines:
        table.add_row(
            on_one_line(line.pipeline or "all together"),
            on_one_line(_whose(line)),
            f"{line.measure} a {line.period}",
            _amount(line.spent, line.measure),
            _amount(line.reserved, line.measure),
            _amount(line.limit, line.measure),
            Text("reached" if line.reached else "", style="red"),
            day_and_time(line.resets_at),
            on_one_line(_setter(line)),
        )
    console.print(table)


def _whose(line: BudgetLine) -> str:
    return line.owner or ("each owner" if line.every_owner else "all owners")


def _setter(line: BudgetLine) -> str:
    # Whoever gave a declared limit back is still noted as the operator.
    return "attach" if line.declared == line.limit else line.operator or "-"


def _amount(value: Number, measure: str) -> str:
    if measure == Measure.AUDIO_SECONDS:
        return duration(float(value)) if value else "0"
    if measure == Measure.COST_USD:
        return f"{value:,.2f} USD" if value >= 1 or not value else f"{value:.4f} USD"
    return f"{value:,}"
