"""The fast bindings behave as the published ones: same imports, same refusals, same JSON, and out of the way if unsure.

That the bytes equal those of the stock bindings is `make bench`'s to check: a stock start takes 12 s.
"""

import copy
import inspect
import json
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsii
import pytest
from cdktf_cdktf_provider_aws.eks_node_group import EksNodeGroupScalingConfig
from cdktf_cdktf_provider_aws.vpc import Vpc

from modules import bindings
from modules.bindings import lazy, structs

REPOSITORY = Path(__file__).resolve().parents[3]


def run(program: str, **environment: str) -> Any:
    """Run a Python program in a fresh interpreter and return what its last line prints, read as JSON."""
    clean = {name: value for name, value in os.environ.items() if name not in ("NODE_OPTIONS", bindings.SWITCH)}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "end-of-life" not in ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


STATE_OF_INSTALL = """
import json, os, sys, warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import modules
    modules.install()
lazy = [finder for finder in sys.meta_path if type(finder).__name__ == "LazyBindings"]
silenced = os.environ["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"].split(",")
print(json.dumps([len(lazy), os.environ.get("NODE_OPTIONS"), [str(w.message) for w in caught], "20" in silenced]))
"""


class TestInstall:
    def test_importing_anything_of_modules_installs_once(self) -> None:
        installed, options, warned, silenced = run(STATE_OF_INSTALL)
        assert (installed, warned, silenced) == (1, [], True)
        assert options.count("node.cjs") == 1

    def test_the_switch_leaves_all_as_published_but_for_the_banner(self) -> None:
        assert run(STATE_OF_INSTALL, **{bindings.SWITCH: "1"}) == [0, None, [], True]

    @pytest.mark.parametrize("early", ["constructs", "cdktf_cdktf_provider_helm"])
    def test_it_steps_aside_with_one_warning_when_something_was_imported_before(self, early: str) -> None:
        before = f"import sys, types; sys.modules[{early!r}] = types.ModuleType({early!r})\n"
        installed, options, warned, _ = run(before + STATE_OF_INSTALL)
        assert (installed, options) == (0, None)
        assert {
            f"modules.bindings steps aside: {early} was imported before it; import modules before cdktf, constructs and the providers"
        } == set(warned)

    def test_a_users_own_settings_are_kept(self) -> None:
        silence = {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18"}
        _, options, _, silenced = run(STATE_OF_INSTALL, NODE_OPTIONS="--max-http-header-size=9999", **silence)
        assert options.startswith("--max-http-header-size=9999 --require=")
        assert not silenced

    def test_the_first_run_leaves_the_type_index_behind(self, tmp_path: Path) -> None:
        """Jsii alone starts writing it in a worker that a short program's exit kills, so that no run gets fast."""
        written = run(
            "import modules, constructs, json, pathlib\nconstructs.RootConstruct()\n"
            f"print(json.dumps([p.name for p in pathlib.Path({str(tmp_path)!r}).rglob('.jsii.runtime*.json')]))",
            JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(tmp_path / "cache"),
        )
        assert written == [".jsii.runtime.v1.json"]


class TestLazyPackage:
    def test_importing_one_type_loads_no_other_module(self) -> None:
        loaded = run(
            "import modules, json, sys\nfrom cdktf_cdktf_provider_aws.vpc import Vpc\n"
            "names = {name.split('.')[1] for name in sys.modules if name.startswith('cdktf_cdktf_provider_aws.')}\n"
            "print(json.dumps(sorted(names)))"
        )
        assert loaded == ["_jsii", "_private", "vpc"]

    def test_attribute_access_imports_the_module(self) -> None:
        import cdktf_cdktf_provider_aws as aws

        assert "xray_group" not in vars(aws)
        group: Any = aws.xray_group.XrayGroup
        assert group.__jsii_type__ == "@cdktf/provider-aws.xrayGroup.XrayGroup"

    def test_dir_and_all_list_every_module(self) -> None:
        import cdktf_cdktf_provider_aws as aws

        assert len(aws.__all__) > 2000
        assert set(aws.__all__) <= set(dir(aws))

    def test_star_import_brings_every_module(self) -> None:
        names: dict[str, Any] = {}
        exec("from cdktf_cdktf_provider_helm import *", names)
        assert {"data_helm_template", "provider", "release"} <= names.keys()
        assert inspect.ismodule(names["release"])

    def test_unknown_names_fail_as_in_any_package(self) -> None:
        import cdktf_cdktf_provider_aws as aws

        with pytest.raises(AttributeError, match="module 'cdktf_cdktf_provider_aws' has no attribute 'vcp'"):
            getattr(aws, "vc" + "p")
        with pytest.raises(ImportError, match="cannot import name 'vcp' from 'cdktf_cdktf_provider_aws'"):
            exec("from cdktf_cdktf_provider_aws import vcp")
        with pytest.raises(ModuleNotFoundError, match=r"No module named 'cdktf_cdktf_provider_aws.vcp'"):
            exec("import cdktf_cdktf_provider_aws.vcp")
        with pytest.raises(ImportError, match=r"cannot import name 'Vcp' from 'cdktf_cdktf_provider_aws.vpc'"):
            exec("from cdktf_cdktf_provider_aws.vpc import Vcp")

    def test_structs_can_be_compared_copied_and_pickled(self) -> None:
        struct = EksNodeGroupScalingConfig(desired_size=2, max_size=3, min_size=1)
        assert copy.deepcopy(struct) == struct
        assert pickle.loads(pickle.dumps(struct)) == struct
        assert EksNodeGroupScalingConfig(desired_size=1, max_size=3, min_size=1) != struct
        assert repr(struct) == "EksNodeGroupScalingConfig(desired_size=2, max_size=3, min_size=1)"

    def test_source_and_file_are_the_published_ones(self) -> None:
        assert inspect.getsource(Vpc).startswith("class Vpc(\n")
        assert "'''Create a new" in inspect.getsource(Vpc.__init__)
        assert str(inspect.getsourcefile(Vpc)).endswith(str(Path("cdktf_cdktf_provider_aws", "vpc", "__init__.py")))

    def test_a_type_that_node_names_first_is_imported_then(self) -> None:
        assert "cdktf_cdktf_provider_aws.xray_sampling_rule" not in sys.modules
        assert jsii._reference_map._try_import_type_module("@cdktf/provider-aws.xraySamplingRule.XraySamplingRule")
        assert "cdktf_cdktf_provider_aws.xray_sampling_rule" in sys.modules


ROOT = "from ._jsii import *\n__all__ = ['part']\n{}\nfrom . import part\n"


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], str]]:
    """Make a package whose root is laid out like a provider's with some code added; returns its name."""

    def write(name: str, code: str) -> str:
        package = tmp_path / f"{lazy.PREFIX}{name}"
        for folder, text in ((package, ROOT.format(code)), (package / "_jsii", ""), (package / "part", "X = 1\n")):
            folder.mkdir()
            (folder / "__init__.py").write_text(text)
        return package.name

    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield write
    for name in set(sys.modules) - before:
        del sys.modules[name]


def imported(*packages: str) -> list[str]:
    """Import packages, check that their part is there, and return the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for package in packages:
            exec(f"import {package}; assert {package}.part.X == 1; from {package}.part import X", {})
    return [str(warning.message) for warning in caught]


class TestStepsAside:
    @pytest.mark.parametrize(
        "code", ["class OnRoot:\n    pass", "def __getattr__(name):\n    raise AttributeError(name)"]
    )
    def test_once_from_a_package_that_is_not_a_list_of_imports(
        self, published: Callable[[str, str], str], code: str
    ) -> None:
        package = published("odd", code)
        expected = f"modules.bindings steps aside: the root of {package} has types of its own or is lazy already"
        assert imported(package) == [expected]

    def test_once_from_all_packages_when_jsii_is_another(
        self, published: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(jsii._kernel, "_make_reference_for_native", lambda kernel, value, more: value)
        expected = "modules.bindings steps aside: jsii has no _kernel._make_reference_for_native(kernel, d) as in 1.142"
        monkeypatch.setattr(sys, "meta_path", [f for f in sys.meta_path if not isinstance(f, lazy.LazyBindings)])
        sys.meta_path.insert(0, lazy.LazyBindings())
        assert imported(published("one", ""), published("two", "")) == [expected]

    def test_from_a_jsii_without_the_table_of_submodules(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(jsii._reference_map, "_submodule_fqn_map")
        assert structs.unknown_jsii() == "jsii has no table _reference_map._submodule_fqn_map as in 1.142"

    def test_structs_are_patched_once(self) -> None:
        before = jsii._kernel._make_reference_for_native
        structs.send_only_given()
        assert jsii._kernel._make_reference_for_native is before
