"""Policy scan: checkov finds nothing in the generated Terraform that is not accepted, with its reason next to the resource.

checkov 3.3.30 needs two things known. Its reader of Terraform JSON stops at `required_version`, `moved` and `removed`
(they hold strings where it wants objects), leaves the whole file out and still ends well: so a copy without these three
is scanned, and the test counts what was seen. And its runner for JSON knows no skip comment of any form
(`checkov/terraform_json/runner.py` hands an empty list of them to every check): so findings meet their reasons here.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from stacks.document import documents
from tests.documents import at, bodies
from tests.platforms import documents as variants

ROOT = Path(__file__).parents[1]
CHECKOV = ROOT / ".tools/checkov/bin/python"
Finding = tuple[str, str, str]  # stack, address (data.… for a data source), check

OPEN_DOOR = {
    "resource": {
        "aws_vpc_security_group_ingress_rule": {
            "ssh": {
                "cidr_ipv4": "0.0.0.0/0",
                "from_port": 22,
                "ip_protocol": "tcp",
                "security_group_id": "sg-1",
                "to_port": 22,
            }
        }
    }
}
"""What must be found, or the scan finds nothing at all."""
OPEN_DOOR_FOUND = ("open-door", "aws_vpc_security_group_ingress_rule.ssh", "CKV_AWS_24")


def to_scan() -> dict[str, Mapping[str, Any]]:
    """By stack name: every variant, the committed stacks, and the open door."""
    files = (ROOT / "generated").glob("stacks/*/cdk.tf.json")
    committed = documents({path.relative_to(ROOT / "generated").as_posix(): path.read_bytes() for path in files})
    assert committed
    return {**variants(), **committed, "open-door": OPEN_DOOR}


def readable(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without what checkov's reader stops at, and without what no check reads: 88 s of CPU with it, 49 s without."""
    kept = {
        section: body for section, body in document.items() if section not in {"moved", "removed", "locals", "output"}
    }
    terraform = {key: value for key, value in kept.get("terraform", {}).items() if key != "required_version"}
    resources = {kind: bodies for kind, bodies in kept.get("resource", {}).items() if kind != "helm_release"}
    return {**kept, "terraform": terraform, "resource": resources}


def scan(folder: Path, stacks: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All results of checkov, passed and failed. It makes no connection."""
    for stack, document in stacks.items():
        (folder / f"{stack}.tf.json").write_text(json.dumps(readable(document), indent=2), encoding="utf-8")
    options = ["--framework", "terraform_json", "--output", "json", "--skip-download", "--soft-fail"]
    done = subprocess.run(
        [str(CHECKOV), "-W", "ignore", "-m", "checkov.main", "--directory", ".", *options],
        cwd=folder,
        env={**os.environ, "BC_SKIP_MAPPING": "TRUE"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["results"]["parsing_errors"] == []
    return [*report["results"]["passed_checks"], *report["results"]["failed_checks"]]


def address_at(lines: list[str], line: int) -> str:
    """Address of the block that a line (from 1) of a document indented by two belongs to; checkov names some without type."""
    section, kind, name = (
        next(text.split('"')[1] for text in reversed(lines[:line]) if text.startswith(f'{" " * indent}"'))
        for indent in (2, 4, 6)
    )
    return f"{kind}.{name}" if section == "resource" else f"{section}.{kind}.{name}"


def findings(folder: Path, results: list[dict[str, Any]]) -> Iterator[Finding]:
    for result in results:
        if result["check_result"]["result"] == "FAILED":
            file = folder / result["file_path"].lstrip("/")
            lines = file.read_text(encoding="utf-8").splitlines()
            address = address_at(lines, result["file_line_range"][0])
            yield file.name.removesuffix(".tf.json"), address, result["check_id"]


def reasons(stacks: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    for stack, document in stacks.items():
        for section, prefix in (("resource", ""), ("data", "data.")):
            for address, body in bodies(document, section):
                yield from ((stack, f"{prefix}{address}", check) for check in body.get("//", {}).get("checkov", ()))


@pytest.mark.checkov
@pytest.mark.skipif(not CHECKOV.exists(), reason="no checkov: `make test` installs it into .tools/checkov")
def test_every_finding_has_a_reason_and_every_reason_a_finding(tmp_path: Path) -> None:
    stacks = to_scan()
    results = scan(tmp_path, stacks)
    assert {Path(result["file_path"]).name for result in results} == {f"{stack}.tf.json" for stack in stacks}
    found, friendly_os_errors = set(findings(tmp_path, results)), set(reasons(stacks))
    assert OPEN_DOOR_FOUND in found
    found = {finding for finding in found if finding[0] != "open-door"}
    assert found - friendly_os_errors == set(), (
        "findings without a reason: fix them, or write accepted(…) beside the resource"
    )
    assert friendly_os_errors - found == set(), "reasons that no finding needs: take them out"


def test_a_reason_is_next_to_its_resource_and_leaves_the_metadata() -> None:
    assert at(variants()["old-network"], "resource aws_vpc this //") == {
        "checkov": {"CKV2_AWS_11": "Disabled by settings: flow_logs=None."},
        "metadata": {"path": "old-network/vpc/vpc"},
    }


def test_every_reason_is_a_sentence() -> None:
    texts = [
        text
        for document in variants().values()
        for section in ("resource", "data")
        for _, body in bodies(document, section)
        for text in body.get("//", {}).get("checkov", {}).values()
    ]
    assert len(texts) > 20
    assert [text for text in texts if not (text[0].isupper() and text.endswith(".") and len(text.split()) >= 3)] == []
