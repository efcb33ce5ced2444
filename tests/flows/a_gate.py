"""A gate on a loopback port, in front of a Prefect that is stood in for."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn

from flows.gate import Gate
from flows.gate_proxy import Upstream
from flows.server import PrefectServer
from junheng import bootstrap
from tests.fakes_prefect import FakePrefect

KEY = "junheng:a-key-made-anew"


@contextmanager
def serving_gate(prefect: FakePrefect, *, proxies: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the address of a gate that serves in a thread of its own."""
    says = bootstrap.rulebook().wording["gate"]
    gate = Gate(Upstream(PrefectServer(prefect.port, auth=KEY)), says, proxies=proxies)
    config = uvicorn.Config(
        gate.app(), port=0, log_level="error", access_log=False, proxy_headers=False
    )
    serving = uvicorn.Server(config)
    thread = Thread(target=serving.run, daemon=True)
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    serving.should_exit = True
    thread.join(10)
