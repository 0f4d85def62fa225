"""The files in deploy/ can be read by their platforms and let a worker drain."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from liverows.running.webhooks import Delivery
from tests.app.test_settings import variables
from tests.docs.pages import DOCS, ROOT
from tests.docs.test_blocks import parsed
from tests.support.databases import Connections, Database

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
CLOUD_RUN_KILLS_AFTER = 10
"""Seconds from SIGTERM to SIGKILL, from the container runtime contract of Cloud Run."""
STARTER_PLAN = "512mb"
"""What Render's plan `starter` has, from its list of instance types."""
WORKER_MB, CHILD_MB = 100, 80
"""What the pages say that a worker and one of its child processes take."""


def read(name: str) -> Any:
    """What a file says; for several documents of YAML, a list."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        return json.loads(text)
    if name.endswith(".toml"):
        return tomllib.loads(text)
    if name.endswith(".service"):
        unit = configparser.ConfigParser()
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read_string(text)
        return unit
    documents = list(yaml.safe_load_all(text))
    return documents if len(documents) > 1 else documents[0]


def environment(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {entry["name" if "name" in entry else "key"]: entry.get("value") for entry in entries}


@dataclass(frozen=True, slots=True)
class Worker:
    """Of a file: the variables that it sets, the seconds until SIGKILL, and the command."""

    variables: Mapping[str, Any]
    seconds: int
    command: list[str]


def on_fly(said: Any) -> Worker:
    return Worker(said["env"], said["kill_timeout"], said["processes"]["worker"].split())


def on_railway(said: Any) -> Worker:
    return Worker({}, said["deploy"]["drainingSeconds"], ["run"])


def on_render(said: Any) -> Worker:
    (service,) = said["services"]
    return Worker(environment(service["envVars"]), service["maxShutdownDelaySeconds"], ["run"])


def on_cloud_run(said: Any) -> Worker:
    (container,) = said["spec"]["template"]["spec"]["containers"]
    return Worker(environment(container["env"]), CLOUD_RUN_KILLS_AFTER, ["run"])


def on_ecs(said: Any) -> Worker:
    (container,) = said["containerDefinitions"]
    names = environment(container["environment"]) | environment(container["secrets"])
    return Worker(names, container["stopTimeout"], container["command"])


def on_kubernetes(said: Any) -> Worker:
    pod = said["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    seconds = pod["terminationGracePeriodSeconds"]
    return Worker(environment(container["env"]), seconds, container["args"])


def under_compose(said: Any) -> Worker:
    service = said["services"]["worker"]
    seconds = int(service["stop_grace_period"].removesuffix("s"))
    return Worker(service["environment"], seconds, service["command"])


def under_systemd(said: Any) -> Worker:
    service = said["Service"]
    return Worker({}, int(service["TimeoutStopSec"]), service["ExecStart"].split()[1:])


WORKERS = {
    "fly.toml": on_fly,
    "railway.json": on_railway,
    "render.yaml": on_render,
    "cloud-run.yaml": on_cloud_run,
    "ecs-task-definition.json": on_ecs,
    "kubernetes/deployment.yaml": on_kubernetes,
    "compose.yaml": under_compose,
    "liverows.service": under_systemd,
}


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_has_time_to_drain_and_its_settings_and_command_exist(name: str) -> None:
    worker = WORKERS[name](read(name))
    assert worker.variables.keys() <= variables().keys(), name
    usual = float(str(variables()["LIVEROWS_GRACE_SECONDS"]))
    grace = float(worker.variables.get("LIVEROWS_GRACE_SECONDS") or usual)
    assert grace + Delivery().flush < worker.seconds
    parsed(worker.command)


MEMORY: dict[str, Callable[[Any], str]] = {
    "fly.toml": lambda said: str(said["vm"][0]["memory"]),
    "cloud-run.yaml": lambda said: limit_of(said["spec"]["template"]["spec"]),
    "ecs-task-definition.json": lambda said: f"{said['memory']}mb",
    "kubernetes/deployment.yaml": lambda said: limit_of(said["spec"]["template"]["spec"]),
    "render.yaml": lambda _said: STARTER_PLAN,
}


def limit_of(pod: Any) -> str:
    (container,) = pod["containers"]
    return str(container["resources"]["limits"]["memory"])


@pytest.mark.parametrize("name", MEMORY)
def test_all_rows_of_a_worker_may_read_at_the_same_time(name: str) -> None:
    said = read(name)
    memory = re.fullmatch(r"(\d+)([mg])[ib]", MEMORY[name](said).lower())
    assert memory is not None
    rows = WORKERS[name](said).variables.get("LIVEROWS_CONCURRENCY")
    needed = WORKER_MB + CHILD_MB * int(rows or str(variables()["LIVEROWS_CONCURRENCY"]))
    assert int(memory[1]) * {"m": 1, "g": 1024}[memory[2]] >= needed


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DEPLOY).as_posix())
def test_every_file_is_explained_on_the_page(path: Path) -> None:
    assert f"../deploy/{path.relative_to(DEPLOY).as_posix()}" in (DOCS / "deploy.md").read_text()


@pytest.mark.parametrize("path", [ROOT / "Dockerfile", DEPLOY / "Dockerfile"], ids=str)
def test_hadolint_has_nothing_to_say_about_a_dockerfile(path: Path) -> None:
    said = subprocess.run(
        [ROOT / ".venv" / "bin" / "hadolint", path], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout
    assert 'ENTRYPOINT ["' in path.read_text(), "a shell would not hand SIGTERM on"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_ask_what_the_health_server_answers(path: str) -> None:
    served = (ROOT / "liverows" / "running" / "health.py").read_text()
    asked = {
        found for file in FILES for found in re.findall(r"(?<![\w/])/[a-z]+z\b", file.read_text())
    }
    assert asked == {"/healthz", "/readyz"}
    assert f'"{path}"' in served


def test_the_query_of_keda_counts_rows_that_are_due(
    database: Database, connect: Connections
) -> None:
    (_, scaled) = read("kubernetes/keda.yaml")
    (trigger,) = scaled["spec"]["triggers"]
    owner = connect(database)
    owner.execute(
        "create table public.work (id int primary key, said text, done text);"
        "select processing.attach('public.work', 'work', inputs => '{said}', outputs => '{done}')"
    )
    service = connect(database, "service_role")
    query = trigger["metadata"]["query"].encode()
    assert service.execute(query).fetchone() == (0,)
    owner.execute("insert into public.work values (1), (2)")
    assert service.execute(query).fetchone() == (2,)
    assert int(trigger["metadata"]["targetQueryValue"]) == variables()["LIVEROWS_CONCURRENCY"]
