"""A folder and an environment without anything of the developer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devstack.project import ROOT
from liverows.base.settings import Settings
from worker.settings import ServiceSettings


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder without `.env` as the current one, and none of the developer's settings."""
    fields = [*Settings.model_fields, *ServiceSettings.model_fields, "supabase_service_role_key"]
    names = {field.upper() for field in fields}
    prefixes = ("LIVEROWS_", "WORKER_", "TRIAL_", "TEST_SUPABASE_")
    for name in list(os.environ):
        if name in names or name.startswith(prefixes) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("LIVEROWS_GRACE_SECONDS", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path
