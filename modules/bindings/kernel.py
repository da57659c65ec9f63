"""jsii's kernel in one Node process, and messages to it without a serializer's detours.

Stock starts two Node processes: one forwards each message to the other, from files that are unpacked at every run. Here
`kernel.cjs` runs the kernel in the process that Python starts, straight from the installed package. Requests become JSON
without `cattrs`, and a call that returns nothing travels with the next call instead of waiting for an answer of its own.
"""

import atexit
import base64
import contextlib
import datetime
import enum
import functools
import json
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from jsii import __jsii_runtime_version__
from jsii import kernel as jsii_kernel
from jsii._embedded import jsii as embedded
from jsii._kernel import types
from jsii._kernel.providers import process as stock
from jsii._stack_trace import capture_stack_trace
from jsii._stack_trace import is_enabled as stack_traces_enabled
from jsii.errors import ErrorType, JavaScriptError, JSIIError

from modules.bindings.compiled import trusted_cache_folder
from modules.bindings.places import Place, place_of_call, traceback_to

RUNTIME = Path(__file__).with_name("kernel.cjs")
PROGRAM = "lib__program.js"
REPLACED = (
    b"readFD:3,writeFD:3",
    b'"runtime-index-worker.js"',
    b"digestFile(e,...p){return readFileChunks(e,()=>{},...p)}",
    b"function untarVerified(e,p){",
    b"null!=e,`Kernel error: expected type information",
)
"""What `kernel.cjs` replaces in it."""
PIPE_BYTES = 16_384
"""What a pipe takes without a reader on every system (macOS starts with 16 KiB, Linux has 64)."""
VOID = frozenset({"addDependency", "addOverride", "overrideLogicalId"})
"""Methods of cdktf and constructs that return nothing and call nothing back."""

_API: dict[type, tuple[str, tuple[str, ...]]] = {
    types.LoadRequest: ("load", ("name", "version", "tarball")),
    types.CreateRequest: ("create", ("fqn", "args", "overrides", "interfaces")),
    types.GetRequest: ("get", ("objref", "property")),
    types.SetRequest: ("set", ("objref", "property", "value")),
    types.InvokeRequest: ("invoke", ("objref", "method", "args")),
    types.StaticGetRequest: ("sget", ("fqn", "property")),
    types.StaticInvokeRequest: ("sinvoke", ("fqn", "method", "args")),
}
_KINDS: dict[str, Callable[[Any], Exception]] = {ErrorType.JSII_FAULT.value: JSIIError}
_otherwise: Callable[[Any], Any] = stock.jdefault
_decode: Callable[[str], Any] = json.JSONDecoder(object_hook=stock.ohook).decode
_javascript_error: Callable[[str], Exception] = JavaScriptError


def unknown_runtime() -> str | None:
    """Say what of jsii's runtime is not as in 1.142, on which `kernel.cjs` rests; None if all is.

    Source: https://github.com/aws/jsii/tree/main/packages/%40jsii/runtime
    """
    if getattr(embedded, "EMBEDDED_FILES", {}).get(PROGRAM) != "lib/program.js":
        return f"jsii embeds no {PROGRAM} as in 1.142"
    try:
        program = Path(embedded.__file__ or "").with_name(PROGRAM).read_bytes()
    except OSError:  # a zipped package has no such file
        return f"jsii's {PROGRAM} is not a readable file"
    if missing := [text for text in REPLACED if program.count(text) != 1]:
        return f"jsii's {PROGRAM} does not have {missing[0].decode()} once, as in 1.142"
    if absent := [name for name in ("send", "start", "stop", "handshake") if not hasattr(stock._NodeProcess, name)]:
        return f"jsii has no _NodeProcess.{absent[0]} as in 1.142"
    if any(tuple(f.name for f in of.__attrs_attrs__) != fields for of, (_, fields) in _API.items()):  # type: ignore[attr-defined]
        return "jsii's requests have other fields than in 1.142"
    return None


def run_in_one_process() -> None:
    """Let jsii talk to `OneProcess`; must run before Node starts. Without effect where JSII_RUNTIME names a runtime."""
    if "JSII_RUNTIME" not in os.environ and not isinstance(jsii_kernel.provider, Provider):
        jsii_kernel.provider = Provider()


def current() -> "Provider | None":
    """Return jsii's provider where it is `Provider`; None where the bindings stepped aside or are switched off."""
    provider = jsii_kernel.provider
    return provider if isinstance(provider, Provider) else None


class Provider(stock.ProcessProvider):
    """jsii's own provider over `OneProcess`, which it starts with the first construct, not with the import of a library.

    So a program whose settings are refused, and a test that creates no construct, never start Node.
    """

    def __init__(self) -> None:
        super().__init__()
        self._libraries: list[types.LoadRequest] = []

    def load(self, request: types.LoadRequest) -> Any:
        """Load a library, or note it until Node starts; jsii reads nothing of the response."""
        if "_process" in vars(self):
            return super().load(request)
        self._libraries.append(request)
        return types.LoadResponse(assembly=request.name, types=0)

    def start(self) -> None:
        """Start Node now, for a process that has imported all that it will need."""
        self._process  # noqa: B018 - starts it

    @functools.cached_property
    def _process(self) -> "OneProcess":
        process = OneProcess()
        process.start()
        for library in self._libraries:
            process.send(library, types.LoadResponse)
        return process


class OneProcess(stock._NodeProcess):
    """A Node process with the kernel in it.

    A call of `VOID` is kept until the next call, and both are written at once; then all answers are read. So an error of
    such a call is raised by the next call, with the place of the call that failed as the end of its traceback. Once Node
    may call methods written in Python, nothing is kept: an answer could then be a question.
    """

    def __init__(self) -> None:
        self._ctx_stack = contextlib.ExitStack()  # as stock
        self._unsent: list[bytes] = []
        self._unanswered: list[tuple[str, Place]] = []
        self._calls_back = False

    def __getattr__(self, name: str) -> Any:
        """Make stock's serializer when a request needs it: it takes 50 ms to import and to make."""
        if name != "_serializer":
            raise AttributeError(name)
        super().__init__()  # type: ignore[no-untyped-call]
        return vars(self)[name]

    def handshake(self) -> None:
        """Check that Node runs the runtime of this jsii."""
        hello = self._next_message()
        if hello != {"hello": f"@jsii/runtime@{__jsii_runtime_version__}"}:
            raise RuntimeError(f"Node does not answer as the runtime of jsii {__jsii_runtime_version__}: {hello}")

    def start(self) -> None:
        """Start Node and check that it answers as the runtime of this jsii."""
        command = [
            os.environ.get("JSII_NODE", "node"),
            "--max-old-space-size=4069",  # as stock
            "--preserve-symlinks",  # as stock; the kernel looks for it
            str(RUNTIME),
            str(Path(embedded.__file__ or "").with_name(PROGRAM)),
            str(trusted_cache_folder() or ""),
        ]
        environment = os.environ | {"JSII_AGENT": f"Python/{platform.python_version()}"}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)
        self.sink_thread = threading.Thread(target=_print_output, args=(self._process.stderr,), daemon=True)
        self.sink_thread.start()
        atexit.register(self.stop)
        self.handshake()

    def stop(self) -> None:
        """Send what is kept, and end Node.

        Raises:
            RuntimeError: a call that was kept failed.
        """
        if not hasattr(self, "_process"):  # there is no Node, and jsii said so
            return
        try:
            if self._process.poll() is None:
                self._exchange()
        finally:
            if self._process.poll() is not None and self._process.stdin:  # ended by a Ctrl-C that reached it, too
                with contextlib.suppress(OSError):
                    self._process.stdin.close()
            super().stop()

    def send(self, request: Any, response_type: Any) -> Any:
        """Send a request and return its response; see the class for calls that return nothing.

        Raises:
            RuntimeError: the kernel refused the call, or one that was kept before it.
            JSIIError: the kernel itself failed.
        """
        if type(request) not in _API:
            self._exchange()
            return super().send(request, response_type)
        data = encoded(request)
        if isinstance(request, types.CreateRequest):
            self._calls_back = self._calls_back or bool(request.overrides)
        elif isinstance(request, types.InvokeRequest) and request.method in VOID and not self._calls_back:
            return self._keep(request.method, data)
        return self._response(self._exchange(data), response_type)

    def _next_message(self) -> Any:
        """Read as stock, without a new decoder for each message."""
        assert self._process.stdout is not None
        return _decode(self._process.stdout.readline().decode())

    def _keep(self, method: str, data: bytes) -> types.InvokeResponse:
        if sum(map(len, self._unsent)) + len(data) > PIPE_BYTES:
            self._exchange()
        self._unsent.append(data)
        self._unanswered.append((method, place_of_call()))
        return types.InvokeResponse()

    def _exchange(self, data: bytes = b"") -> Any:
        """Write what is kept and `data` at once, read all answers, and return that to `data`."""
        if data and self._unsent and sum(map(len, self._unsent)) + len(data) > PIPE_BYTES:
            # Node may wait until its answers are read before it reads on: what is written at once must fit the pipe.
            self._exchange()
        unanswered, self._unanswered = self._unanswered, []
        unsent, self._unsent = self._unsent, []
        if unsent or data:
            assert self._process.stdin is not None
            self._process.stdin.write(b"".join([*unsent, data]))
            self._process.stdin.flush()
        failed = None
        for method, place in unanswered:
            answer: Any = self._next_message()
            if "ok" not in answer and failed is None:
                failed = _error(answer)
                failed.add_note(f"{method} failed where the traceback ends; the next call reports it")
                failed.__traceback__ = traceback_to(place)
        own = self._next_message() if data else None
        if failed:
            raise failed
        return own

    def _response(self, answer: Any, response_type: Any) -> Any:
        if "ok" not in answer:
            if "callback" in answer:
                return self._serializer.structure(answer["callback"], types.Callback)
            raise _error(answer)
        ok = answer["ok"]
        if response_type is types.CreateResponse:
            return types.CreateResponse(ref=ok.ref)
        if response_type is types.GetResponse:
            return types.GetResponse(value=ok.get("value"))
        if response_type is types.InvokeResponse:
            return types.InvokeResponse(result=ok.get("result"))
        if response_type is types.LoadResponse:
            return types.LoadResponse(**ok)
        return response_type()


def encoded(request: Any) -> bytes:
    """Return the line that sends one of the requests of `_API` to the kernel."""
    api, fields = _API[type(request)]
    message = {"api": api} | {field: getattr(request, field) for field in fields}
    if stack_traces_enabled() and (trace := capture_stack_trace()):
        message["$jsii.stacktrace"] = trace
    return b"%b\n" % _encode(message).encode()


def _reference(value: Any) -> Any:
    """Give JSON what it does not know, as stock's serializer does."""
    value = getattr(value, "__jsii_ref__", value)
    if isinstance(value, types.ObjRef):
        interfaces = {"$jsii.interfaces": value.interfaces} if value.interfaces else {}
        return {"$jsii.byref": value.ref} | interfaces
    if isinstance(value, types.Override):
        return {"method": value.method, "property": value.property, "cookie": value.cookie}
    if isinstance(value, enum.Enum):
        return {"$jsii.enum": f"{type(value).__jsii_type__}/{value.value}"}  # type: ignore[attr-defined]
    if isinstance(value, datetime.datetime) and value.tzinfo is None:
        raise TypeError("jsii takes no datetime without a time zone; add tzinfo")
    return _otherwise(value)


_encode = json.JSONEncoder(default=_reference).encode


def _error(answer: Any) -> Exception:
    """The exception of an error response, as stock raises it."""
    error = _KINDS.get(answer.get("name"), RuntimeError)(answer.get("error"))
    error.__cause__ = _javascript_error(answer.get("stack") or "")
    return error


def _print_output(reader: IO[bytes]) -> None:
    """Print what Node writes: `kernel.cjs` wraps what JavaScript prints, and Node's own words come as they are."""
    for line in iter(reader.readline, b""):
        try:
            for name, content in json.loads(line).items():
                stream = {"stdout": sys.stdout, "stderr": sys.stderr}[name]
                stream.buffer.write(base64.b64decode(content))
                stream.flush()
        except (ValueError, AttributeError, KeyError):
            sys.stderr.write(line.decode(errors="replace"))
