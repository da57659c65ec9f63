"""The real AWS provider, kept running, behind a proxy that answers for its schema.

A command of Terraform that starts hashicorp/aws 5.100.0 itself takes 2.8 s of CPU before it does anything: 0.7 s for the hash of the
program, the rest for the schemas of 1,500 resource types, which the provider builds, sends and Terraform decodes. Through the proxy it
takes 0.2 s. Terraform gets its address, in the mode that HashiCorp has for debuggers.

The proxy passes every request and every answer on as bytes. Only the schema is its own answer: that of the provider, requested once for
each program, without resource types and data sources that are in no file of the configuration or state. A type that is missed is an
error of Terraform, "The provider hashicorp/aws does not support resource type", never a success.

Each connection of Terraform has a process of its own, which has one configuration, as when Terraform starts it; a process is used again
by later connections.
Source: https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode
"""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Event, Lock
from typing import Any

import grpc  # type: ignore[import-untyped]

from .protocol import MESSAGES

ADDRESS = "registry.terraform.io/hashicorp/aws"
USES = 200
"""Connections for one process: its memory grows with each."""
IDLE = 4
"""Processes that wait for a connection, 300 MiB each: a command of a stack with two regions has four connections at a time. With two
that wait, a fifth of all connections started a process, 0.9 s of CPU; with four, one of 25."""
READ = (".tf", ".tf.json", ".tfstate", ".tftest.json", ".tftest.hcl")
"""Names of files end so that name resource types."""
_SAID = re.compile(r"TF_REATTACH_PROVIDERS='(?P<reattach>.*)'")
_TYPE = re.compile(rb"\baws_[a-z0-9_]+")
_STDIO = "/plugin.GRPCStdio/StreamStdio"
_WITH_US = 'exec 3<&0; (trap "" INT TERM; read -r _ <&3; kill -9 $$) >/dev/null 2>&1 & exec "$0" -debug 3<&- </dev/null'
"""Shell line that runs a provider and ends it when its standard input is closed: also when this process is killed."""
_SCHEMA = ("GetSchema", "GetProviderSchema")
"""Of protocol 5 and 6."""
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]

Key = tuple[Path, tuple[tuple[str, str], ...]]


@dataclass
class _Process:
    """One running provider.

    Args:
        key: its program and environment, which cannot change while it runs.
        process: the operating system's.
        reattach: what it says about itself, for Terraform.
        uses: connections that it has served.
        open: requests that it has not answered.
        stopped: Terraform was interrupted.
    """

    key: Key
    process: "subprocess.Popen[str]"
    reattach: dict[str, Any]
    uses: int = 0
    open: int = 0
    stopped: bool = False
    _calls: dict[str, Any] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._channel = grpc.insecure_channel(f"unix:{self.reattach['Addr']['String']}", options=_UNLIMITED)

    def call(self, method: str, request: bytes) -> bytes:
        """The provider's answer."""
        call = self._calls.get(method) or self._calls.setdefault(method, self._channel.unary_unary(method))
        answer: bytes = call(request)
        return answer

    @contextmanager
    def answering(self, name: str) -> Iterator["_Process"]:
        """While a method of this name is answered."""
        with self._lock:
            self.open += 1
            self.stopped |= name.startswith("Stop")
        try:
            yield self
        finally:
            with self._lock:
                self.open -= 1

    def end(self) -> None:
        """End it."""
        self._channel.close()
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()


class AwsProvider:
    """Processes of the AWS provider. One object serves any number of commands, also at the same time; thread-safe."""

    def __init__(self) -> None:
        self._idle: list[_Process] = []
        self._protocols: dict[Path, int] = {}
        self._schemas: dict[Path, bytes] = {}
        self._named: set[str] = set()
        self._lock = Lock()

    @contextmanager
    def serving(
        self, program: Path, environment: Mapping[str, str], places: Iterable[Path]
    ) -> Iterator[dict[str, object]]:
        """The provider for commands of Terraform.

        Args:
            program: the provider's executable.
            environment: of the commands. Terraform's own variables and AWS_CA_BUNDLE do not reach the provider: configured again with
                a bundle, it fails.
            places: files, and folders with all that is below, in which resource types are named: configuration and states. They are
                read at each command. A type that was named once stays: a state somewhere else has it.

        Yields:
            The entry of TF_REATTACH_PROVIDERS.
        """
        own = {
            name: value
            for name, value in environment.items()
            if name not in ("TF_CLI_CONFIG_FILE", "TF_REATTACH_PROVIDERS", "AWS_CA_BUNDLE")
        }
        key = (program, tuple(sorted(own.items())))
        proxy = _Proxy(self, key, tuple(places))
        server = grpc.server(ThreadPoolExecutor(max_workers=128), options=_UNLIMITED)
        server.add_generic_rpc_handlers((proxy,))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield {
                ADDRESS: {
                    "Protocol": "grpc",
                    "ProtocolVersion": self._protocol(key),
                    "Pid": os.getpid(),
                    "Test": True,
                    "Addr": {"Network": "tcp", "String": f"127.0.0.1:{port}"},
                }
            }
        finally:
            server.stop(grace=None).wait()
            proxy.end()

    def close(self) -> None:
        """End all processes that wait."""
        with self._lock:
            gone, self._idle = self._idle, []
        for one in gone:
            one.end()

    def take(self, key: Key) -> _Process:
        """A process for one connection."""
        with self._lock:
            found = next((one for one in self._idle if one.key == key and one.process.poll() is None), None)
            if found is not None:
                self._idle.remove(found)
        return found or _start(key)

    def give_back(self, process: _Process) -> None:
        """The connection is closed. What was interrupted has requests left, or expects no more of them, and is ended."""
        process.uses += 1
        with self._lock:
            if process.open or process.stopped or process.uses >= USES:
                gone = [process]
            else:
                self._idle.append(process)
                gone, self._idle = self._idle[:-IDLE], self._idle[-IDLE:]
        for one in gone:
            one.end()

    def _protocol(self, key: Key) -> int:
        """Which version of the plugin protocol the provider speaks."""
        if key[0] not in self._protocols:
            process = self.take(key)
            self._protocols[key[0]] = process.reattach["ProtocolVersion"]
            self.give_back(process)
        return self._protocols[key[0]]

    def schema(self, key: Key, method: str, places: Iterable[Path]) -> bytes:
        """The provider's schema with the types that are named."""
        whole = self._schemas.get(key[0])
        if whole is None:
            process = self.take(key)
            whole = self._schemas[key[0]] = process.call(method, b"")
            self.give_back(process)
        with self._lock:
            self._named |= named_types(places)
            named = frozenset(self._named)
        return reduced(whole, named)


class _Proxy(grpc.GenericRpcHandler):  # type: ignore[misc]
    """What one server answers."""

    def __init__(self, provider: AwsProvider, key: Key, places: tuple[Path, ...]) -> None:
        self._provider, self._key, self._places = provider, key, places
        self._processes: dict[str, _Process] = {}
        self._lock = Lock()

    def service(self, details: Any) -> Any:
        """How a method is answered; None if it is none of a provider."""
        method = details.method
        if method == _STDIO:
            return grpc.unary_stream_rpc_method_handler(self._stdio)
        if method.startswith("/plugin."):
            return None
        return grpc.unary_unary_rpc_method_handler(lambda request, context: self._answer(method, request, context))

    def _answer(self, method: str, request: bytes, context: Any) -> bytes:
        name = method.rpartition("/")[2]
        try:
            if name in _SCHEMA:
                return self._provider.schema(self._key, method, self._places)
            with self._process(context.peer()).answering(name) as process:
                return process.call(method, request)
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())
            raise

    def _process(self, peer: str) -> _Process:
        with self._lock:
            if peer not in self._processes:
                self._processes[peer] = self._provider.take(self._key)
            return self._processes[peer]

    def _stdio(self, request: bytes, context: Any) -> Iterator[bytes]:
        """Output of the provider, which Terraform requests for as long as it is connected; there is none."""
        ended = Event()
        if context.add_callback(ended.set):
            ended.wait()
        self._closed(context.peer())
        return iter(())

    def _closed(self, peer: str) -> None:
        with self._lock:
            process = self._processes.pop(peer, None)
        if process is not None:
            self._provider.give_back(process)

    def end(self) -> None:
        """No connection is left."""
        for peer in list(self._processes):
            self._closed(peer)


def named_types(places: Iterable[Path]) -> set[str]:
    """Every word in files of Terraform that may be a resource type or a data source of AWS."""
    found: set[str] = set()
    for place in places:
        for file in _files(place):
            found |= {word.decode() for word in _TYPE.findall(file.read_bytes())}
    return found


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for folder, folders, files in os.walk(place):
        folders[:] = [name for name in folders if name != "providers"]  # programs
        yield from (Path(folder, name) for name in files if name.endswith(READ))


@lru_cache(maxsize=4)
def reduced(schema: bytes, named: frozenset[str]) -> bytes:
    """A provider's answer without resource types and data sources that are not named; all else in it is kept."""
    answer = MESSAGES["ProviderTypes"].FromString(schema)
    for types in (answer.resource_schemas, answer.data_source_schemas):
        kept = [one for one in types if one.key in named]
        del types[:]
        types.extend(kept)
    left: bytes = answer.SerializeToString()
    return left


def _start(key: Key) -> _Process:
    program, environment = key
    process = subprocess.Popen(
        ["/bin/sh", "-c", _WITH_US, program],
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C is for Terraform, which lets it finish its requests
    )
    assert process.stdout is not None
    for line in process.stdout:
        if said := _SAID.search(line):
            return _Process(key, process, json.loads(said["reattach"])[ADDRESS])
    raise ChildProcessError(f"{program} -debug ended with {process.wait()} before it said where it listens")
