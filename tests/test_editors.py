"""What an editor shows: pyright, which VS Code runs, on main.py, examples, conversions, and a misspelled setting of each section."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import modules.settings
from cli.convert import main_py
from modules.converting.combine import convert
from modules.settings import Addons, Cluster, Kubeflow, NodeGroup
from modules.settings.descriptions import descriptions
from modules.settings.section import Section
from tests.language_server import language_server

ROOT = Path(__file__).parent.parent
SHIPPED = ["main.py", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("examples/*/main.py"))]
SECTIONS = [
    kind for _, kind in sorted(vars(modules.settings).items()) if isinstance(kind, type) and issubclass(kind, Section)
]
WAYS = [f"State.{name}" for name, kind in sorted(vars(modules.settings.State).items()) if isinstance(kind, type)]
HEAD = """\
# pyright: {mode}
from ipaddress import IPv4Network
from typing import Any, assert_type

from kubeflow_aws import *

anything: Any = None
assert_type(Network(cidr="10.0.0.0/16").cidr, IPv4Network)
assert_type(Cluster(public_access_cidrs=("203.0.113.0/24",)).public_access_cidrs, tuple[IPv4Network, ...])
"""
MISSPELLED = "misspeled"
CONVERTED = sorted((ROOT / "tests" / "modules" / "converting" / "inputs").iterdir())


def written(mode: str) -> list[str]:
    """Every section with what it requires, and again with a setting that it does not have."""
    lines = (
        HEAD.format(mode=mode)
        .replace("import *", f"import {', '.join(kind.__name__ for kind in SECTIONS)}, State")
        .splitlines()
    )
    kinds = {kind.__name__: kind for kind in SECTIONS} | {
        f"State.{name}": kind for name, kind in vars(modules.settings.State).items() if isinstance(kind, type)
    }
    for name, kind in kinds.items():
        needed = [f"{field}=anything" for field, info in kind.model_fields.items() if info.is_required()]
        lines += [f"{name}({', '.join(needed)})", f"{name}({', '.join([*needed, f'{MISSPELLED}=1'])})"]
    return lines


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[tuple[int, str]]]:
    """Line and text of every error, by file; of one process."""
    folder = tmp_path_factory.mktemp("editor")
    for mode in ("basic", "strict"):
        (folder / f"{mode}.py").write_text("\n".join(written(mode)) + "\n", encoding="utf-8")
    for file in CONVERTED:
        (folder / f"{file.stem}.py").write_text(main_py(convert([file]).platform, [file]), encoding="utf-8")
    settings = {
        "include": [*(str(ROOT / path) for path in SHIPPED), str(folder)],
        "typeCheckingMode": "strict",
        "extraPaths": [str(ROOT)],
        "pythonVersion": "3.11",
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--project", folder, "--pythonpath", sys.executable, "--outputjson"],
        capture_output=True,
        text=True,
        check=False,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["summary"]["filesAnalyzed"] >= len(SHIPPED) + len(CONVERTED) + 2, done.stderr
    found: dict[str, list[tuple[int, str]]] = {}
    for one in answer["generalDiagnostics"]:
        path = Path(one["file"])
        name = path.name if path.parent == folder else str(path.relative_to(ROOT))
        found.setdefault(name, []).append((one["range"]["start"]["line"], one["message"]))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("path", SHIPPED)
def test_what_is_shipped_shows_no_error(path: str, shown: Mapping[str, list[tuple[int, str]]]) -> None:
    assert shown.get(path, []) == []


@pytest.mark.slow
@pytest.mark.parametrize("file", CONVERTED, ids=[file.name for file in CONVERTED])
def test_a_converted_main_py_shows_no_error(file: Path, shown: Mapping[str, list[tuple[int, str]]]) -> None:
    assert shown.get(f"{file.stem}.py", []) == []


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["basic", "strict"])
def test_a_misspelled_setting_is_the_only_error(mode: str, shown: Mapping[str, list[tuple[int, str]]]) -> None:
    lines = written(mode)
    expected = [number for number, line in enumerate(lines) if MISSPELLED in line]
    assert len(expected) == len(SECTIONS) + len(WAYS)
    errors = shown[f"{mode}.py"]
    assert [number for number, _ in errors] == expected
    assert {text for _, text in errors} == {f'No parameter named "{MISSPELLED}"'}


@pytest.mark.slow
def test_hover_on_a_setting_shows_its_description() -> None:
    with language_server(ROOT) as server:
        for file, section, name in (
            ("main.py", NodeGroup, "min_size"),
            ("main.py", Cluster, "public_access_cidrs"),
            ("main.py", Kubeflow, "teams"),
            ("examples/gpu_training/main.py", Addons, "others"),
        ):
            shown = server.hover(ROOT / file, f"{name}=")
            assert " ".join(shown.split()).endswith(descriptions(section)[name]), name
