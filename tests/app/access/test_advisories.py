"""No locked dependency has a known weakness, where the lists of weaknesses can be reached."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest

from devstack.node import find_node
from devstack.project import ROOT

FOLDERS = ("devstack", "examples/web", "examples/react", "packages/js")
LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.mark.skipif(
    importlib.util.find_spec("pip_audit") is None, reason="pip-audit is not installed"
)
@pytest.mark.parametrize("lock", LOCKS)
def test_no_python_package_has_a_known_weakness(lock: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format=json",
         "--requirement", str(ROOT / lock)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not done.stdout:
        pytest.skip("pip-audit does not reach its list")
    packages = json.loads(done.stdout)["dependencies"]
    if all("skip_reason" in package for package in packages):
        pytest.skip("the package index of this machine has no list of weaknesses")
    weak = {package["name"]: package["vulns"] for package in packages if package.get("vulns")}
    assert weak == {}


@pytest.mark.needs("supabase-js")
@pytest.mark.parametrize("folder", FOLDERS)
def test_no_npm_package_has_a_known_weakness(folder: str) -> None:
    node = find_node()
    done = subprocess.run(
        [str(node.program), str(node.npm), "audit", "--json", "--audit-level=moderate",
         "--fetch-retries=0", "--fetch-timeout=20000"],
        cwd=ROOT / folder, env=node.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        found = json.loads(done.stdout)
    except ValueError:
        pytest.skip("npm audit does not run here")
    if "vulnerabilities" not in found:
        pytest.skip("the npm registry of this machine has no list of weaknesses")
    weak = {name: why["severity"] for name, why in found["vulnerabilities"].items()}
    assert done.returncode == 0, weak
