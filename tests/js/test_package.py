"""What npm would publish holds what it should, and works where it is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from devstack.browser_kit import KIT, REACT_18, pack
from devstack.node import find_node, npm
from liverows.base.version import VERSION
from tests.docs.pages import blocks

pytestmark = [pytest.mark.needs("browser-kit"), pytest.mark.timeout(600)]

HERE = Path(__file__).parent
LEFT_OUT = ("typescript", "@typescript", ".bin", ".package-lock.json")
BESIDE = ("@supabase/supabase-js", "react", "react-dom", "@types/react", "@types/react-dom")
USE = """
import { liveRows, progressOf } from "liverows";
import { useProgress, useRow, useRows } from "liverows/react";
import { newTraceparent, tracedFetch } from "liverows/trace";
import { createElement, version } from "react";
import { renderToString } from "react-dom/server";
import { createClient } from "@supabase/supabase-js";

const global = { fetch: tracedFetch() };
const client = createClient("http://127.0.0.1:1", "key", { global });
const List = () => {
  const { rows, link } = useRows(client, { table: "jobs" });
  const { loaded } = useRow(client, { table: "jobs" }, 1);
  const { stage } = useProgress({ processing_status: "processing", processing_stage: "Reading" });
  return [rows.length, link, loaded, stage].join();
};
console.log(version.split(".")[0], renderToString(createElement(List)));
console.log(newTraceparent().length);
console.log(typeof liveRows, progressOf({ processing_status: "completed" }).percent);
"""


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that npm would publish."""
    return pack(tmp_path_factory.mktemp("packed"))


@pytest.fixture(
    params=[
        pytest.param(REACT_18, id="react-18", marks=pytest.mark.thorough),
        pytest.param(KIT, id="react-19"),
    ]
)
def project(request: pytest.FixtureRequest, tarball: Path, tmp_path: Path) -> Path:
    """A folder in which a stranger has installed the package beside React and supabase-js.

    Those are not loaded again: they are copied from where the lock file's ones are installed.
    """
    packages = Path(request.param) / "node_modules"
    left_out = shutil.ignore_patterns(*LEFT_OUT)
    shutil.copytree(packages, tmp_path / "node_modules", symlinks=True, ignore=left_out)
    # What a project does not name npm would remove.
    wanted = dict.fromkeys(BESIDE, "*")
    package = {"private": True, "type": "module", "dependencies": wanted}
    (tmp_path / "package.json").write_text(json.dumps(package))
    # To compare the peers with those that are there, npm would ask the registry about them.
    offline = ("--offline", "--legacy-peer-deps", "--ignore-scripts", "--no-package-lock")
    npm(tmp_path, "install", *offline, str(tarball))
    assert not (tmp_path / "node_modules" / "liverows").is_symlink()
    return tmp_path


def test_the_tarball_holds_the_built_files_their_sources_and_what_a_reader_needs(
    tarball: Path,
) -> None:
    with tarfile.open(tarball) as opened:
        found = {name.removeprefix("package/") for name in opened.getnames()}
    sources = {path.name for path in (KIT / "src").iterdir()}
    assert all(name.endswith(".ts") for name in sources)
    names = [name.removesuffix(".ts") for name in sources]
    built = {f"dist/{name}{suffix}" for name in names for suffix in (".js", ".d.ts")}
    assert found == built | {f"src/{name}" for name in sources} | {
        "LICENSE",
        "README.md",
        "package.json",
    }


def test_the_version_is_that_of_the_library() -> None:
    assert json.loads((KIT / "package.json").read_text())["version"] == VERSION


def test_it_needs_nothing_but_supabase_js_and_for_the_hooks_react() -> None:
    package = json.loads((KIT / "package.json").read_text())
    assert package.keys() & {"dependencies", "optionalDependencies", "bundleDependencies"} == set()
    assert package["peerDependencies"].keys() == {"@supabase/supabase-js", "react"}
    assert package["peerDependenciesMeta"] == {"react": {"optional": True}}


def test_node_imports_it_and_draws_what_a_server_sends(
    project: Path, request: pytest.FixtureRequest
) -> None:
    (project / "use.js").write_text(USE)
    node = find_node()
    used = subprocess.run(
        [str(node.program), "use.js"], cwd=project, capture_output=True, text=True, check=False
    )
    react = request.node.callspec.id.removeprefix("react-")
    assert used.stderr == ""
    assert used.stdout == f"{react} 0,connecting,false,Reading\n55\nfunction 100\n"


@pytest.mark.parametrize(
    ("module", "resolution"),
    [
        pytest.param("esnext", "bundler", id="bundler", marks=pytest.mark.thorough),
        pytest.param("node16", "node16", id="node"),
    ],
)
def test_types_are_found_and_fit_those_of_the_database(
    project: Path, module: str, resolution: str
) -> None:
    shutil.copy(HERE / "consumer.tsx", project)
    check(project, ["consumer.tsx"], module, resolution)


def test_the_examples_of_its_readme_fit_the_types(project: Path) -> None:
    files = []
    for block in blocks(KIT / "README.md"):
        if block.language in {"ts", "tsx"} and not block.not_run:
            files.append(f"line-{block.line}.tsx")
            (project / files[-1]).write_text(block.text)
    assert len(files) >= 4
    check(project, files, "esnext", "bundler")


def check(project: Path, files: list[str], module: str, resolution: str) -> None:
    """Check the types of these files, and the declarations that they import."""
    tsc = KIT / "node_modules" / "typescript" / "bin" / "tsc"
    options = ["--noEmit", "--strict", "--jsx", "react-jsx", "--target", "es2022", "--types", ""]
    options += ["--module", module, "--moduleResolution", resolution]
    checked = subprocess.run(
        [str(find_node().program), str(tsc), *options, *files],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # Declarations of supabase-js name types of Node, which this project does not have.
    said = [line for line in checked.stdout.splitlines() if not line.startswith(" ")]
    assert [line for line in said if not line.startswith("node_modules/@supabase/")] == []
