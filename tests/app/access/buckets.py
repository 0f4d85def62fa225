"""Asks Storage, as each person, for files in the owner's folder of each bucket."""

from __future__ import annotations

from typing import Any

import httpx

from devstack.stack import LocalStack
from tests.app.access.people import Person, Sender
from tests.app.access.reach import Reached
from tests.app.access.rows import RECORDING, TRANSCRIPT

FILES = {"interviews": {"a recording": RECORDING, "a transcript": TRANSCRIPT}}
"""By bucket and kind: the owner's file."""

_TYPES = {"wav": "audio/wav", "json": "application/json"}


class Buckets:
    """Sends requests to Storage."""

    def __init__(self, stack: LocalStack, people: dict[Person, Sender]) -> None:
        self._url = f"{stack.url}/storage/v1/object"
        self._people = people

    def _ask(
        self, who: Person, method: str, path: str, *, kind: str | None = None, **body: Any
    ) -> httpx.Response:
        headers = self._people[who].headers | {"x-upsert": "false"}
        if kind is not None:
            headers["content-type"] = kind
        return httpx.request(method, f"{self._url}/{path}", headers=headers, timeout=60, **body)

    def _put(self, who: Person, method: str, path: str) -> bool:
        kind = _TYPES[path.rpartition(".")[2]]
        return self._ask(who, method, path, kind=kind, content=b"{}").is_success

    def _remove(self, who: Person, bucket: str, name: str) -> bool:
        reply = self._ask(who, "DELETE", bucket, json={"prefixes": [name]})
        return reply.is_success and bool(reply.json())

    def reached(self, who: Person, bucket: str, name: str) -> Reached:
        """What this person reaches of the owner's file, which is there before and gone after."""
        reached = Reached()
        path = f"{bucket}/{name}"
        assert self._put("service_role", "POST", path)
        folder = name.rpartition("/")[0]
        listed = self._ask(who, "POST", f"list/{bucket}", json={"prefix": f"{folder}/"})
        signed = self._ask(who, "POST", f"sign/{path}", json={"expiresIn": 60})
        loaded = self._ask(who, "GET", f"authenticated/{path}").is_success
        if loaded or signed.is_success or (listed.is_success and listed.json()):
            reached.row.add("read")
        if self._put(who, "PUT", path):
            reached.row.add("edit")
        if self._remove(who, bucket, name):
            reached.row.add("delete")
        else:
            assert self._remove("service_role", bucket, name)
        if self._put(who, "POST", path):
            reached.row.add("add")
            assert self._remove("service_role", bucket, name)
        return reached
