"""Every kind of fault, by lane."""

from bench.chaos.faults import (
    cheaters,
    network,
    people,
    processes,
    provider,
    realtime,
    server,
    tables,
)
from bench.chaos.faults.fault import Fault, Injection

FAULTS: list[Fault] = [
    *processes.FAULTS,
    *network.FAULTS,
    *server.FAULTS,
    *tables.FAULTS,
    *people.FAULTS,
    *realtime.FAULTS,
    *provider.FAULTS,
    *cheaters.FAULTS,
]

__all__ = ["FAULTS", "Fault", "Injection", "server", "tables"]
