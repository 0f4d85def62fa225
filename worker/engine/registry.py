"""Which pipelines there are: the files of a package, one pipeline each."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any

from worker.base.errors import SetupError
from worker.engine.pipeline import Pipeline


def discover(*packages: str) -> dict[str, Pipeline[Any, Any]]:
    """The pipelines of some packages, given by dotted name, by slug.

    `SetupError` for a module without exactly one pipeline, for a slug that is not the
    module's name, for a slug used twice, and for a package that cannot be imported.
    """
    found: dict[str, Pipeline[Any, Any]] = {}
    for package in packages:
        for name in _module_names(package):
            pipeline = _only_pipeline(_imported(name))
            if pipeline.slug in found:
                raise SetupError(
                    f"pipeline {pipeline.slug} exists twice, once in {name}",
                    cure="rename one of the two files and its slug",
                )
            found[pipeline.slug] = pipeline
    return found


def _module_names(package: str) -> list[str]:
    module = _imported(package)
    if not hasattr(module, "__path__"):
        raise SetupError(
            f"{package} is a module, not a package of pipelines",
            cure="name the folder that holds the pipeline files",
        )
    return [f"{package}.{info.name}" for info in pkgutil.iter_modules(module.__path__)]


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SetupError(
            f"{name} cannot be imported: {error}",
            cure="check the name, and that what it imports is installed",
        ) from error


def _only_pipeline(module: ModuleType) -> Pipeline[Any, Any]:
    name = module.__name__
    # By identity, because one pipeline may go by two names in its module.
    pipelines = {id(value): value for value in vars(module).values() if isinstance(value, Pipeline)}
    if len(pipelines) != 1:
        raise SetupError(
            f"{name} holds {len(pipelines)} pipelines instead of one",
            cure="a file in a pipelines package makes exactly one Pipeline(...); "
            "other code belongs elsewhere",
        )
    (pipeline,) = pipelines.values()
    expected = name.rpartition(".")[2].replace("_", "-")
    if pipeline.slug != expected:
        raise SetupError(
            f"{name} holds the pipeline {pipeline.slug}",
            cure=f"name it {expected}, as its file is",
        )
    if not pipeline.has_recipe:
        raise SetupError(
            f"pipeline {pipeline.slug} has no recipe",
            cure="decorate the async function in its file with the pipeline",
        )
    return pipeline
