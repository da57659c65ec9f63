"""The hook in Node: one part instead of all, and out of the way if the package is laid out in another way."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modules import bindings
from tests.modules.bindings.test_bindings import run

pytestmark = pytest.mark.slow

HOOK = bindings.NODE_HOOK


class TestNodeHook:
    @pytest.fixture
    def package(self, tmp_path: Path) -> Path:
        """Return a package laid out like a provider's: two parts, an index that requires both, a lazy one."""
        for part in ("first", "second-part"):
            (tmp_path / "lib" / part).mkdir(parents=True)
            (tmp_path / "lib" / part / "index.js").write_text(f"exports.name = '{part}';\n")
        (tmp_path / "lib" / "index.js").write_text(
            'exports.secondPart = exports.first = void 0;\nexports.first = require("./first");\n'
            'exports.secondPart = require("./second-part");\n'
        )
        (tmp_path / "lib" / "lazy-index.js").write_text(
            "Object.defineProperty(exports, 'first', { get: function () { return require('./first'); } });\n"
            "Object.defineProperty(exports, 'secondPart', { get: function () { return require('./second-part'); } });\n"
        )
        return tmp_path

    def node(self, script: str, environment: dict[str, str] | None = None, hook: Path = HOOK) -> tuple[Any, str]:
        options = bindings.with_node_hook("", hook)
        ended = subprocess.run(
            ["node", "-e", script],
            env=os.environ | {"NODE_OPTIONS": options} | (environment or {}),
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout), ended.stderr

    def loaded(self, package: Path, **environment: str) -> tuple[Any, str]:
        script = f"""const provider = require({json.dumps(str(package))} + '/lib/index.js');
            const name = provider.secondPart.name;
            const folders = Object.keys(require.cache).map((file) => require('path').basename(require('path').dirname(file)));
            console.log(JSON.stringify([name, folders.includes('first'), folders.includes('second-part')]));"""
        return self.node(script, environment)

    def test_loads_only_the_part_that_is_used(self, package: Path) -> None:
        assert self.loaded(package) == (["second-part", False, True], "")

    def test_loads_all_with_the_switch(self, package: Path) -> None:
        assert self.loaded(package, **{bindings.SWITCH: "1"}) == (["second-part", True, True], "")

    def test_steps_aside_when_the_lazy_index_exports_something_else(self, package: Path) -> None:
        index = package / "lib" / "index.js"
        index.write_text(index.read_text() + 'exports.third = require("./first");\n')
        loaded, warned = self.loaded(package)
        assert loaded == ["second-part", True, True]
        assert warned.count("lazy-index.js does not export what index.js does") == 1

    @pytest.mark.parametrize("folder", ["with a space", 'with "quotes"', "with \\ backslash", "ünïcode"])
    def test_is_found_in_any_folder(self, tmp_path: Path, folder: str) -> None:
        (tmp_path / folder).mkdir()
        hook = tmp_path / folder / "node.cjs"
        hook.write_bytes(HOOK.read_bytes())
        script = "console.log(require('fs').readFileSync.toString().includes('TYPE_INDEX'))"
        assert self.node(script, hook=hook) == (True, "")

    def test_options_of_the_user_are_kept_and_the_hook_is_added_once(self) -> None:
        once = bindings.with_node_hook("--trace-warnings", Path("/a b/node.cjs"))
        assert once == '--trace-warnings --require="/a b/node.cjs"'
        assert bindings.with_node_hook(once, Path("/a b/node.cjs")) == once

    def test_definitions_are_read_in_parts_and_whole(self, tmp_path: Path) -> None:
        definitions = tmp_path / ".jsii.runtime-defs.v1.jsonl"
        definitions.write_text('{"a":"é"}\n{"b":2}\n', encoding="utf-8")
        script = f"""const read = require('fs').readFileSync({json.dumps(str(definitions))});
            console.log(JSON.stringify([read.toString('utf-8', 11, 19), read.length, read.indexOf('b')]));"""
        assert self.node(script)[0] == ['{"b":2}\n', 19, 13]

    def test_the_zip_writer_is_loaded_when_it_is_called(self, tmp_path: Path) -> None:
        archiver = tmp_path / "node_modules" / "archiver" / "index.js"
        archiver.parent.mkdir(parents=True)
        archiver.write_text("global.loads = (global.loads ?? 0) + 1; module.exports = (format) => format + '!';\n")
        script = f"""const archiver = require({json.dumps(str(archiver))});
            console.log(JSON.stringify([global.loads ?? 0, archiver('zip'), archiver('tar'), global.loads]));"""
        assert self.node(script)[0] == [0, "zip!", "tar!", 1]

    @pytest.mark.parametrize(("package", "frames"), [("cdktf", 0), ("constructs", 1)])
    def test_only_tokens_of_cdktf_have_no_stack_trace(self, tmp_path: Path, package: str, frames: int) -> None:
        trace = tmp_path / package / "lib" / "tokens" / "private" / "stack-trace.js"
        trace.parent.mkdir(parents=True)
        trace.write_text("exports.captureStackTrace = () => ['at here'];\n")
        script = f"console.log(require({json.dumps(str(trace))}).captureStackTrace().length)"
        assert self.node(script)[0] == frames

    def test_steps_aside_when_cdktf_resolves_tokens_in_another_way(self, tmp_path: Path) -> None:
        resolve = tmp_path / "cdktf" / "lib" / "tokens" / "private" / "resolve.js"
        resolve.parent.mkdir(parents=True)
        resolve.write_text("exports.resolve = (value) => value;\n")
        script = f"console.log(JSON.stringify(require({json.dumps(str(resolve))}).resolve('kept')))"
        resolved, warned = self.node(script)
        assert resolved == "kept"
        assert warned.count("cdktf resolves tokens in another way") == 1


SYNTH = """
import json

import modules
import cdktf
from constructs import Construct

stack = cdktf.TerraformStack(cdktf.Testing.app(), "one")
text = cdktf.Token.as_string(cdktf.Fn.upper("${var.name}"))
words = cdktf.Fn.split(",", text)
number = cdktf.Token.as_number(cdktf.Fn.length_of(words))
table = cdktf.Fn.merge([{"a": text}, {"b": 1e21}])
values = [
    "plain", "", "${var.plain}", "%{ if true }", "$${kept}", "a } b", "1e5", "-1.5e+300", f"{number}", f"x{number}y", "1.0-e", "é",
    text, f"{text}-{text}", f"${{{text}}}", number, 1e300, 0, -1, True, False, None, {}, [], words, table, [words], {"a": words},
    {text: "key"}, {"${var.key}": [text, {"1e5": f"{number}"}]}, "TfToken[",
]
for at, value in enumerate(values):
    cdktf.TerraformLocal(stack, f"l{at}", value)
cdktf.TerraformOutput(stack, "all", value=[text, number, {"words": words}], description=f"of {text} and {number}")
stack.add_override("terraform.required_version", text)
print(json.dumps(cdktf.Testing.synth(stack, False)))
"""
REFUSED = """
import json

import modules
import cdktf

stack = cdktf.TerraformStack(cdktf.Testing.app(), "one")
cdktf.TerraformLocal(stack, "one", {"a": {"b": %s}})
try:
    cdktf.Testing.synth(stack, False)
except Exception as error:
    print(json.dumps(str(error).splitlines()[0]))
"""


def both_ways(program: str) -> set[str]:
    """What a program prints with the fast bindings, and with those as published."""
    return {run(program), run(program, **{bindings.SWITCH: "1"})}


def test_values_with_and_without_tokens_are_resolved_as_by_cdktf() -> None:
    (printed,) = both_ways(SYNTH)
    locals_ = json.loads(printed)["locals"]
    assert (locals_["l0"], locals_["l2"], locals_["l12"]) == ("plain", "${var.plain}", '${upper("$${var.name}")}')


@pytest.mark.parametrize(
    "value",
    ['"String Map Token Value"', '"Any Map Token Value"', 'cdktf.Fn.split(",", "a")[0]', '"${TfToken[TOKEN.999999]}"'],
    ids=["map of strings", "map", "list", "unknown"],
)
def test_tokens_that_cannot_be_text_are_refused_in_the_words_of_cdktf(value: str) -> None:
    (printed,) = both_ways(REFUSED % value)
    assert printed
