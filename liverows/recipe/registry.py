"""Finds the pipelines of packages, and opens the services that each package brings.

A package of pipelines is a folder with Python files. Every `Pipeline` defined at the top level
of one of these files is found. The package's `__init__.py` may set two optional names:

    services = open_services    # a function that returns an async context manager
    checks = (check_model,)     # async functions that give findings to `liverows doctor`

Recipes of the package get what `services` opens as `context.services`. A worker calls each
`services` function once, even if several packages name the same function. If the opened object
has a method `available`, its answer `{name: whether the service is set up}` is told in the
heartbeats, and `processing.capabilities()` shows it, so that an app can say beforehand what a row
will lack.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from inspect import iscoroutinefunction, signature
from types import ModuleType
from typing import Any, TypeAlias

from liverows.base.errors import SetupError
from liverows.base.finding import Finding
from liverows.base.own_frames import own_frames, placed
from liverows.recipe.pipeline import Pipeline

AnyPipeline: TypeAlias = "Pipeline[Any, Any]"
ServicesOpener: TypeAlias = Callable[[], AbstractAsyncContextManager[Any]]
Check: TypeAlias = Callable[[], Awaitable[list[Finding]]]


@dataclass(frozen=True, slots=True)
class Package:
    """A package's pipelines by slug, and the `services` and `checks` of its `__init__.py`."""

    name: str
    pipelines: Mapping[str, AnyPipeline]
    services: ServicesOpener | None = None
    checks: tuple[Check, ...] = ()


def find_packages(*names: str) -> list[Package]:
    """Import and return the packages with these dotted names.

    If several packages hold the same `Pipeline` object, because one imports it from another, the
    pipeline belongs only to the package that is named first, and gets the services of that package.

    Raises `SetupError` if an import raises an error, if a package is a single module or has no
    pipeline, if a pipeline has no recipe, or if two pipelines have the same slug.
    """
    packages = [_package(name) for name in dict.fromkeys(names)]
    owners: dict[str, Package] = {}
    for package in packages:
        for slug, pipeline in package.pipelines.items():
            owner = owners.setdefault(slug, package)
            if owner.pipelines[slug] is not pipeline:
                raise _twice(slug, f"in {owner.name} and in {package.name}")
    return [
        replace(
            package,
            pipelines={
                slug: one for slug, one in package.pipelines.items() if owners[slug] is package
            },
        )
        for package in packages
    ]


def discover(*names: str) -> dict[str, AnyPipeline]:
    """Return the pipelines of these packages by slug; raises what `find_packages` raises."""
    return {
        slug: pipeline
        for package in find_packages(*names)
        for slug, pipeline in package.pipelines.items()
    }


@asynccontextmanager
async def opened_services(packages: Iterable[Package]) -> AsyncIterator[dict[str, Any]]:
    """Open the services of the packages, and close them at the end of the block.

    The block gets a mapping from a pipeline's slug to the services of its package.
    """
    async with AsyncExitStack() as stack:
        opened: dict[ServicesOpener, Any] = {}
        services: dict[str, Any] = {}
        for package in packages:
            if package.services is None:
                continue
            if package.services not in opened:
                opened[package.services] = await stack.enter_async_context(package.services())
            services.update(dict.fromkeys(package.pipelines, opened[package.services]))
        yield services


def available_services(opened: Iterable[Any]) -> dict[str, bool]:
    """Return what these opened services tell of themselves: by name, whether one is set up.

    A name that several of them tell counts as set up only if it is in all of them.
    """
    told: dict[str, bool] = {}
    for services in {id(one): one for one in opened}.values():
        for name, here in _told_by(services).items():
            told[str(name)] = bool(here) and told.get(str(name), True)
    return told


def _told_by(services: object) -> Mapping[Any, Any]:
    # A client or a pool may have another method of that name, which is not asked for this.
    tell = getattr(services, "available", None)
    if not callable(tell) or iscoroutinefunction(tell):
        return {}
    try:
        signature(tell).bind()
    except (TypeError, ValueError):
        return {}
    answer = tell()
    return answer if isinstance(answer, Mapping) else {}


def _package(name: str) -> Package:
    module = _imported(name)
    if not hasattr(module, "__path__"):
        raise SetupError(
            f"{name} is a module, not a package of pipelines",
            cure="name the folder that holds the pipeline files",
        )
    pipelines: dict[str, AnyPipeline] = {}
    for pipeline in _pipelines(module):
        if pipelines.setdefault(pipeline.slug, pipeline) is not pipeline:
            raise _twice(pipeline.slug, f"in {name}")
        if not pipeline.has_recipe:
            raise SetupError(
                f"pipeline {pipeline.slug} has no recipe",
                cure="decorate the async function in its file with the pipeline",
            )
    if not pipelines:
        raise SetupError(
            f"{name} holds no pipeline",
            cure="a file of the package makes a Pipeline(...) at its top level",
        )
    return Package(
        name,
        pipelines,
        getattr(module, "services", None),
        tuple(getattr(module, "checks", ())),
    )


def _pipelines(package: ModuleType) -> Iterator[AnyPipeline]:
    """Yield every pipeline in the package's modules, once for each module that contains it."""
    names = [f"{package.__name__}.{info.name}" for info in pkgutil.iter_modules(package.__path__)]
    for module in [package, *map(_imported, names)]:
        yield from (value for value in vars(module).values() if isinstance(value, Pipeline))


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except SetupError:
        raise
    # The code of a project runs here, and may raise anything.
    except Exception as error:
        at = "" if _is_missing(error, name) else f" {_place(error)}:"
        kind = "" if isinstance(error, ImportError) else f"{type(error).__name__}: "
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        raise SetupError(
            f"{name} cannot be imported:{at} {kind}{text}",
            cure="correct that line, or check the name; what it imports must be installed",
        ) from error


def _is_missing(error: Exception, name: str) -> bool:
    """Whether the module itself, or a package that it is in, is not there."""
    return isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}.")


def _place(error: Exception) -> str:
    """Return file and line of an error in the code of a project, as in `jobs/read.py, line 3`."""
    if isinstance(error, SyntaxError):
        return placed(error.filename or "?", error.lineno)
    last = own_frames(error.__traceback__)[-1]
    return placed(last.filename, last.lineno)


def _twice(slug: str, where: str) -> SetupError:
    return SetupError(
        f"two pipelines are called {slug}, {where}", cure="give one of them another slug"
    )
