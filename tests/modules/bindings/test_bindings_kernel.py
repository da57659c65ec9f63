"""The kernel in one process answers as jsii's own, reports where an error arose, and steps aside for another jsii."""

import datetime
import enum
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cdktf
import jsii
import psutil  # type: ignore[import-untyped]
import pytest
from cdktf_cdktf_provider_aws.vpc import Vpc
from jsii._kernel import types
from jsii._kernel.providers.process import jdefault

from modules import bindings
from modules.bindings import kernel

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def stack() -> cdktf.TerraformStack:
    return cdktf.TerraformStack(cdktf.Testing.app(), "test")


@pytest.fixture
def process() -> kernel.OneProcess:
    found: Any = jsii.kernel.provider
    assert isinstance(found, kernel.Provider)
    return found._process


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program that needs the bindings in an interpreter of its own."""
    clean = {name: value for name, value in os.environ.items() if name not in ("NODE_OPTIONS", bindings.SWITCH)}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=REPOSITORY, env=clean | environment, capture_output=True, text=True, timeout=120)


class TestOneProcess:
    def test_is_all_that_runs(self, process: kernel.OneProcess, stack: cdktf.TerraformStack) -> None:
        node = psutil.Process(process._process.pid)
        assert Path(node.cmdline()[-3]).name == "kernel.cjs"
        assert node.children(recursive=True) == []

    def test_prints_what_javascript_prints(self, tmp_path: Path) -> None:
        said = tmp_path / "said.cjs"
        said.write_text(
            "if (process.argv[2]) setImmediate(() => { console.log('out é'); console.error('err');"
            "process.emitWarning('careful'); });"
        )
        ended = python("import modules, constructs, cdktf; cdktf.Testing.app()", NODE_OPTIONS=f'--require="{said}"')
        assert ended.stdout == "out é\n"
        assert ended.stderr.startswith("err\n")
        assert "Warning: careful" in ended.stderr
        assert "b'" not in ended.stderr

    def test_messages_are_those_of_jsii(self, stack: cdktf.TerraformStack) -> None:
        class Kind(enum.Enum):
            __jsii_type__ = "a.Kind"
            ONE = "ONE"

        noon = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
        ref = types.ObjRef("a.B@1", ["a.I"])
        override = types.Override(method="visit", cookie="visit")
        arguments = [stack, None, 1, 0.5, "ü", {"$jsii.map": {"a": [stack, False]}}, Kind.ONE, noon]
        requests = [
            types.CreateRequest("a.B", arguments, [override], ["a.I"]),
            types.CreateRequest("a.B"),
            types.GetRequest(ref, "id"),
            types.SetRequest(types.CreateResponse("a.B@1"), "id", arguments),
            types.InvokeRequest(ref, "go", arguments),
            types.StaticGetRequest("a.B", "ONE"),
            types.StaticInvokeRequest("a.B", "go", arguments),
        ]
        serializer: Any = kernel.OneProcess()
        for request in requests:
            of_jsii = json.dumps(serializer._serializer.unstructure(request), default=jdefault)
            assert json.loads(kernel.encoded(request)) == json.loads(of_jsii)

    def test_refuses_a_time_without_a_zone(self) -> None:
        with pytest.raises(TypeError, match="time zone"):
            kernel.encoded(types.StaticInvokeRequest("a.B", "go", [datetime.datetime(2026, 1, 1)]))

    def test_calls_methods_written_in_python(self, stack: cdktf.TerraformStack) -> None:
        seen = []

        @jsii.implements(cdktf.IAspect)
        class Tagger:
            def visit(self, node: Any) -> None:
                seen.append(node.node.id)
                if isinstance(node, Vpc):
                    node.add_override("tags.seen", "yes")

        vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
        cdktf.Aspects.of(stack).add(Tagger())
        made = json.loads(cdktf.Testing.synth(stack, False))
        assert "vpc" in seen
        assert made["resource"]["aws_vpc"]["vpc"]["tags"] == {"seen": "yes"}
        vpc.add_override("tags", {})

    def test_an_error_in_python_reaches_the_caller(self, stack: cdktf.TerraformStack) -> None:
        @jsii.implements(cdktf.IAspect)
        class Failing:
            def visit(self, node: Any) -> None:
                raise ValueError("not this one")

        cdktf.Aspects.of(stack).add(Failing())
        with pytest.raises(RuntimeError, match="not this one"):
            cdktf.Testing.synth(stack, False)


PROGRAM = """
import modules, cdktf
from cdktf_cdktf_provider_aws.vpc import Vpc
stack = cdktf.TerraformStack(cdktf.Testing.app(), "test")
vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
"""


KEPT = PROGRAM + "process = __import__('jsii').kernel.provider._process\n"


class TestKeptCalls:
    """In interpreters of their own: in this one other tests may have given Node methods to call, which keeps nothing."""

    def test_are_sent_with_the_next_call_in_their_order(self) -> None:
        ended = python(
            KEPT
            + """
before = len(process._unsent)
for number in range(3):
    vpc.override_logical_id(f"n{number}")
assert len(process._unsent) == before + 3, "nothing was kept"
for number in range(5000):
    vpc.add_override(f"tags.t{number % 3}", "x" * (number % 300))
vpc.add_override("tags.big", "y" * 1_000_000)
print(vpc.friendly_unique_id)
import json
tags = json.loads(cdktf.Testing.synth(stack, False))["resource"]["aws_vpc"]["n2"]["tags"]
print({name: len(value) for name, value in sorted(tags.items())})
"""
        )
        assert ended.stderr == ""
        assert ended.stdout.splitlines() == [
            "n2",
            str({"big": 1_000_000, "t0": 4998 % 300, "t1": 4999 % 300, "t2": 4997 % 300}),
        ]

    def test_an_error_is_raised_by_the_next_call_with_the_place_of_its_own(self) -> None:
        ended = python(
            PROGRAM
            + """
vpc.override_logical_id(5)  # line 7
vpc.add_override("tags.a", "b")
try:
    vpc.arn
except RuntimeError as error:
    import traceback
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<string>"]
    print(lines[-1], error.__notes__, str(error).splitlines()[0])
print(vpc.friendly_unique_id)
"""
        )
        assert ended.stdout.startswith("7 ['overrideLogicalId failed where the traceback ends")
        assert "newLogicalId" in ended.stdout
        assert ended.stdout.splitlines()[-1] == "vpc"  # the next call gets its own answer

    def test_many_errors_at_once_do_not_block(self) -> None:
        ended = python(
            KEPT
            + """
try:
    for number in range(400):
        vpc.override_logical_id(number)
    vpc.arn
except RuntimeError as error:
    print(error)
while process._unsent:
    try:
        vpc.arn
    except RuntimeError:
        pass
print(vpc.friendly_unique_id)
"""
        )
        assert "overrideLogicalId" in ended.stdout
        assert ended.stdout.splitlines()[-1] == "vpc"
        assert ended.stderr == ""

    def test_an_error_of_the_last_call_is_reported_at_the_end(self) -> None:
        ended = python(PROGRAM + "vpc.override_logical_id(5)\n")
        assert "newLogicalId" in ended.stderr
        assert 'File "<string>", line 6, in <module>' in ended.stderr

    def test_none_is_kept_once_node_may_call_back(self) -> None:
        ended = python(
            PROGRAM
            + """
import jsii
@jsii.implements(cdktf.IAspect)
class Quiet:
    def visit(self, node):
        pass
cdktf.Aspects.of(stack).add(Quiet())
try:
    vpc.override_logical_id(5)
except RuntimeError:
    print("at once")
"""
        )
        assert ended.stdout == "at once\n"


@pytest.fixture
def other_jsii(tmp_path: Path) -> Path:
    """Return a folder with a copy of jsii, to be changed and put before the installed one."""
    shutil.copytree(Path(jsii.__file__).parent, tmp_path / "jsii")
    return tmp_path


SYNTH = (
    PROGRAM
    + """
import sys
vpc.override_logical_id("other")
from jsii import kernel
print(type(kernel.provider).__name__)
print(cdktf.Testing.synth(stack, False))
"""
)


@pytest.fixture(scope="module")
def right() -> str:
    ended = python(SYNTH)
    assert ended.stdout.startswith("Provider\n")
    return ended.stdout.removeprefix("Provider\n")


@pytest.mark.slow
class TestAnotherJsii:
    """Whatever does not fit, the JSON is right."""

    @pytest.mark.parametrize(
        ("file", "before", "after", "reason"),
        [
            ("_embedded/jsii/lib__program.js", "readFD:3", "readFD: 3", "does not have readFD:3,writeFD:3 once"),
            ("_embedded/jsii/lib__program.js", '"runtime-index-worker.js"', "`runtime-index-worker.js`", "1.142"),
            (
                "_kernel/types.py",
                "class GetRequest:",
                "class GetRequest:\n    more: Any = attr.ib(default=1, kw_only=True)",
                "other fields",
            ),
            ("_stack_trace.py", "def is_enabled", "def is_enabled2", "not as in 1.142"),
        ],
    )
    def test_is_used_as_it_is(
        self, other_jsii: Path, right: str, file: str, before: str, after: str, reason: str
    ) -> None:
        changed = other_jsii / "jsii" / file
        content = changed.read_text()
        assert before in content
        changed.write_text(content.replace(before, after, 1))
        if file == "_stack_trace.py":
            used = other_jsii / "jsii" / "_kernel" / "providers" / "process.py"
            used.write_text(used.read_text().replace("is_enabled as", "is_enabled2 as"))
        ended = python(SYNTH, PYTHONPATH=str(other_jsii))
        provider, _, document = ended.stdout.partition("\n")
        assert provider == ("ProcessProvider" if reason else "Provider")
        assert document == right
        assert ended.stderr.count("steps aside") == bool(reason)
        assert reason in ended.stderr

    def test_a_runtime_of_the_users_own_is_kept(self, right: str) -> None:
        unpack = (
            "import os, jsii._kernel.providers.process as stock\n"
            "unpacked = stock._NodeProcess()\n"
            "unpacked.stop = lambda: None\n"
            "os.environ['JSII_RUNTIME'] = unpacked._jsii_runtime()\n"
        )
        ended = python(unpack + SYNTH)
        assert ended.stdout == f"ProcessProvider\n{right}"


def test_node_starts_with_the_first_construct() -> None:
    """A program that only imports, such as one whose settings are refused, does not wait for Node."""
    started = "'_process' in vars(jsii.kernel.provider)"
    code = f"import json, modules, cdktf, jsii\nbefore = {started}\ncdktf.Testing.app()\nprint(json.dumps([before, {started}]))"
    assert json.loads(python(code).stdout) == [False, True]
