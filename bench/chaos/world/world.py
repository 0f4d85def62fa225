"""Builds the world of one round."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bench.chaos.served import SERVICE_URL, orders
from bench.chaos.served.paid_client import PROVIDER
from bench.chaos.served.three_paid import SLUG
from bench.chaos.world.cluster import DATABASE, Cluster, in_thread, small_disk
from bench.chaos.world.far import KEY, Feed, data_api, lacks_postgrest
from bench.chaos.world.fleet import FAKETIME, Fleet, Slot
from bench.chaos.world.paid import PaidService
from bench.chaos.world.plants import plant
from bench.chaos.world.proxy import Entrance
from bench.chaos.world.rows import Rows
from bench.chaos.world.shop import Shop
from devstack.keys import Keys
from devstack.project import create_project
from tests.support.phoenix import PhoenixServer

SCHEMA = Path(__file__).with_name("schema.sql")
ORDERS = Path(__file__).with_name("orders.sql")
ATTACH = f"""
select processing.attach(
    'public.things', '{SLUG}', inputs => '{{id, wants}}',
    outputs => '{{said, by_run, by_nonce, trail, draft, draft_run}}', owner => 'owner',
    store => 'public.keep_result', providers => '{{{PROVIDER}}}',
    max_attempts => 100, max_crashes => 100,
    lease => '4 seconds', timeout => '60 seconds', grace => '5 seconds',
    retry_base => '500 milliseconds', retry_cap => '3 seconds')
"""
"""A lease of 4 s in place of 20 s: a frozen worker loses its rows soon. Faults fail no row."""


ATTACH_ORDERS = f"""
select processing.attach(
    'public.orders', '{orders.SLUG}', inputs => '{{id, account, topic, wants}}',
    outputs => '{{said, by_run}}', owner => 'account', max_open_per_owner => 4,
    daily_limits => '{{"calls": 6, "cost_usd": 0.5, "rows": 40}}', over_budget => 'fail',
    max_attempts => 100, max_crashes => 100,
    lease => '4 seconds', timeout => '60 seconds', grace => '5 seconds',
    retry_base => '500 milliseconds', retry_cap => '3 seconds')
"""


@dataclass(slots=True, kw_only=True)
class World:
    """Everything that a fault can reach."""

    cluster: Cluster
    fleet: Fleet
    service: PaidService
    realtime: PhoenixServer
    rows: Rows
    disk: Path | None
    folder: Path
    postgrest: Entrance
    shop: Shop | None

    async def ask(self, query: str) -> list[Any]:
        """A statement as superuser on the primary."""
        found: list[Any] = await in_thread(self.cluster.ask, query)
        return found


@asynccontextmanager
async def open_world(
    folder: Path, chance: Random, *, on_small_disk: bool, planted: str | None
) -> AsyncIterator[World]:
    """A new world: Postgres with our migrations, four workers, and no rows yet."""
    async with AsyncExitStack() as stack:
        disk = stack.enter_context(small_disk()) if on_small_disk else None
        cluster = Cluster()
        stack.push_async_callback(in_thread, cluster.stop)
        await in_thread(_prepare, cluster, planted)
        service, fleet = PaidService(), Fleet(folder)
        await service.open()
        stack.push_async_callback(service.close)
        service.latency = lambda: chance.uniform(0.02, 0.2)
        realtime = await stack.enter_async_context(PhoenixServer.running(KEY))
        rows = Rows(cluster.dsn, chance)
        postgrest = await _entrance(stack, lambda _: cluster.primary.port)
        api, shop = 0, None
        if lacks_postgrest() is None:
            dsn = cluster.dsn_by_way_of(postgrest.port, "authenticator")
            api, shop = await _open_shop(stack, dsn, folder, chance)
        slots = []
        for number in range(4):
            slots.append(await _slot(stack, number, cluster, api, realtime, service.url, folder))
        stack.push_async_callback(fleet.close)
        await fleet.open(slots)
        for task in (rows.watch(), Feed(realtime, cluster.dsn).run()):
            running = asyncio.create_task(task)
            stack.callback(running.cancel)
        yield World(
            cluster=cluster,
            fleet=fleet,
            service=service,
            realtime=realtime,
            rows=rows,
            disk=disk,
            folder=folder,
            postgrest=postgrest,
            shop=shop,
        )


def _prepare(cluster: Cluster, planted: str | None) -> None:
    cluster.primary.start()
    create_project(cluster.primary, DATABASE)
    cluster.ask(SCHEMA.read_text())
    cluster.ask(ORDERS.read_text())
    cluster.ask(f"set role postgres; {ATTACH}; {ATTACH_ORDERS}")
    if planted is not None:
        plant(cluster, planted)


async def _open_shop(
    stack: AsyncExitStack, dsn: str, folder: Path, chance: Random
) -> tuple[int, Shop]:
    """The Data API's port, and the way of users to it."""
    keys = Keys()
    way = data_api(dsn, folder, keys)
    api = await in_thread(way.__enter__)
    stack.push_async_callback(in_thread, way.__exit__, None, None, None)
    shop = Shop(api, keys, Random(chance.random()))
    stack.push_async_callback(shop.close)
    return api, shop


async def _entrance(stack: AsyncExitStack, route: Any, *, peeks: bool = False) -> Entrance:
    entrance = Entrance(route, peeks=peeks)
    await entrance.open()
    stack.push_async_callback(entrance.close)
    return entrance


async def _slot(
    stack: AsyncExitStack,
    number: int,
    cluster: Cluster,
    api: int,
    realtime: PhoenixServer,
    service_url: str,
    folder: Path,
) -> Slot:
    """Slots 0 and 1 have a database login, 2 and 3 the Data API; 1 has Realtime too. Slots 1 and 3
    have a clock of their own, if this machine can give them one."""
    environment, entrances = {SERVICE_URL: service_url}, []
    if number < 2 or not api:
        way = await _entrance(stack, lambda _: cluster.primary.port)
        environment["SUPABASE_DB_URL"] = cluster.dsn_by_way_of(way.port)
        entrances.append(way)
    if number > 0 and api:
        far = await _entrance(
            stack, lambda head: realtime.port if b"/realtime/" in head else api, peeks=True
        )
        environment["SUPABASE_URL"] = f"http://127.0.0.1:{far.port}"
        environment["SUPABASE_SECRET_KEY"] = KEY
        entrances.append(far)
    return Slot(
        number=number,
        transport="postgres" if number < 2 or not api else "data api",
        environment=environment,
        entrances=entrances,
        clock=folder / f"clock-{number}" if number % 2 and FAKETIME is not None else None,
    )
