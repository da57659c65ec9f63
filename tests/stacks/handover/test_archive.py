"""What is in the archive, and that it is the same archive each time."""

import hashlib
import io
import json
import re
import subprocess
import tarfile
import textwrap
from pathlib import Path

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from modules.settings import Component, Dex, HelmChart, Kubeflow, Network, State
from stacks.document import json_bytes
from stacks.handover.archive import files_of, pack, write_archive
from stacks.handover.backends import BACKENDS, own_file, shared_file
from stacks.handover.bill_of_materials import charts, image_parts, images, licence, licence_of, purl
from stacks.handover.scanner import BASELINE
from stacks.handover.stack import read_stacks
from stacks.handover.trivy import CHECKS, IGNORE_FILE
from stacks.order import STACKS
from tests.built_once import build
from tests.documents import bodies
from tests.platform_objects import needs_cache
from tests.platforms import FULL_KUBEFLOW, platform
from tests.stacks.handover.packed import generated, given, stacks, unpacked

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
WITH_CHARTS = given(kubeflow=FULL_KUBEFLOW)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        pack("exported", files_of("exported", stacks(tmp_path / folder, given()))) for folder in ("a", "b")
    )
    assert first == second


def test_nothing_in_it_names_this_machine(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(pack("exported", files_of("exported", stacks(tmp_path, given()))))) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            assert content is not None
            assert (entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname) == (0, 0, 0, "", "")
            assert str(tmp_path).encode() not in content.read()


def test_every_file_is_in_the_checksums(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, given())
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert set(sums) == there
    assert all(hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest for path, digest in sums.items())


def test_what_terraform_left_in_generated_stays_out(tmp_path: Path) -> None:
    root = generated(tmp_path, given())
    network = root / "stacks" / "exported-network"
    (network / ".terraform").mkdir()
    for name in (".terraform/modules.json", "terraform.tfstate", "secret.auto.tfvars.json", "plan"):
        (network / name).write_text("secret")
    (network / ".terraform.lock.hcl").write_text("# hashes")
    files = files_of("exported", read_stacks(root)["exported"])
    assert {path for path in files if path.startswith("stacks/exported-network/")} == {
        f"stacks/exported-network/{name}"
        for name in (".checkov.baseline", ".terraform.lock.hcl", ".trivyignore.yaml", "cdk.tf.json", "stack.tfbackend")
    }
    assert b"Their hashes are in each" not in files["README.md"]  # only one of two has them


def test_a_platform_with_a_state_of_its_own_is_not_handed_over(tmp_path: Path) -> None:
    root = generated(tmp_path, given(), platform("ours"))
    assert list(read_stacks(root)) == ["exported"]
    with pytest.raises(
        ValueError, match=r"no platform can be exported: every platform has a state backend \(ours\).*State\.none"
    ):
        read_stacks(generated(tmp_path / "other", platform("ours")))


def test_without_generated_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no generated files; run: make synth"):
        read_stacks(tmp_path)


def test_missing_charts_are_an_error_and_the_earlier_archive_stays(tmp_path: Path) -> None:
    root = generated(tmp_path, WITH_CHARTS)
    archive = tmp_path / "handover" / "exported.tar.gz"
    archive.parent.mkdir()
    archive.write_bytes(b"earlier")
    chart = root / "stacks/exported-addons/objects/default-storage-class/files/all.yaml"
    chart.write_text(chart.read_text() + "# changed by hand\n")
    with pytest.raises(ValueError, match=r"exported-addons/objects/default-storage-class.*make vendor synth"):
        write_archive(archive.parent, "exported", read_stacks(root)["exported"])
    assert archive.read_bytes() == b"earlier"


@needs_cache
@pytest.mark.upstream
def test_the_bill_of_materials_is_valid_and_names_providers_charts_and_images(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, WITH_CHARTS)
    text = (folder / "sbom.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bom = json.loads(text)
    names = {(one["type"], one["name"]) for one in bom["components"]}
    assert ("library", "hashicorp/aws") in names
    releases = {
        release["name"]
        for document in build(WITH_CHARTS).documents.values()
        for release in document.get("resource", {}).get("helm_release", {}).values()
    }
    assert {one["bom-ref"] for one in bom["components"] if one["type"] == "application"} == {
        f"helm-release:{name}" for name in releases
    }
    images = {
        image
        for document in build(WITH_CHARTS).documents.values()
        for image in document["output"].get("images", {}).get("value", ())
    }
    assert {one["bom-ref"] for one in bom["components"] if one["type"] == "container"} == {
        f"image:{one}" for one in images
    }
    assert "timestamp" not in bom["metadata"]
    stated = {one["bom-ref"]: next(iter(one["licenses"][0]["license"].values())) for one in bom["components"]}
    assert stated["terraform-provider:hashicorp/aws"] == "MPL-2.0"
    assert stated["helm-release:dex"] == "Apache-2.0"
    assert {stated[f"image:{one}"] for one in images} == {"NOASSERTION"}


@pytest.mark.parametrize(
    ("release", "identifier"),
    [
        ("katib", "Apache-2.0"),
        ("katib-objects", "Apache-2.0"),
        ("jupyterhub", "BSD-3-Clause"),
        ("seldon-core", "BSL-1.1"),
        ("team-a", None),
    ],
)
def test_a_release_has_the_licence_of_its_component(release: str, identifier: str | None) -> None:
    assert licence_of(release) == identifier


def test_a_licence_outside_of_the_list_has_a_name() -> None:
    assert [licence(one).id or licence(one).name for one in ("MPL-2.0", "BSL-1.1", None)] == [
        "MPL-2.0",
        "BSL-1.1",
        "NOASSERTION",
    ]


@pytest.mark.parametrize(
    ("image", "parts", "url"),
    [
        ("ghcr.io/a/b:1.2", ("ghcr.io/a/b", "1.2"), "pkg:oci/b?repository_url=ghcr.io/a/b&tag=1.2"),
        ("host:5000/a", ("host:5000/a", "latest"), "pkg:oci/a?repository_url=host:5000/a&tag=latest"),
        ("a@sha256:" + "0" * 64, ("a", "sha256:" + "0" * 64), "pkg:oci/a@sha256:" + "0" * 64 + "?repository_url=a"),
    ],
)
def test_an_image_has_a_package_url(image: str, parts: tuple[str, str], url: str) -> None:
    assert image_parts(image) == parts
    assert purl(image).to_string().replace("%2F", "/").replace("%3A", ":") == url


@pytest.mark.parametrize("kind", BACKENDS)
def test_each_kind_of_backend_gets_a_state_of_its_own_for_each_stack(kind: str, tmp_path: Path) -> None:
    found = stacks(tmp_path, given(state=State.none(backend=kind)))
    assert len({own_file(stack) for stack in found}) == (len(found) if kind != "http" else 1)
    assert all("=" in line or line.startswith("#") for line in shared_file(kind).splitlines())


def test_without_a_backend_block_the_readme_shows_how_to_override(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, given(state=State.none()))
    readme = (folder / "README.md").read_text()
    assert "backend_override.tf.json" in readme
    assert not list(folder.rglob("*.tfbackend"))
    (example,) = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    assert "s3" in json.loads(example)["terraform"]["backend"]


def test_the_readme_names_every_input_with_its_source(tmp_path: Path) -> None:
    found = stacks(tmp_path, given())
    readme = files_of("exported", found)["README.md"].decode()
    for stack in found:
        for name in stack.inputs:
            assert re.search(rf"^\| `{name}` \|.*\| `exported-\w+` \|$", readme, re.MULTILINE), name
        for address, _ in stack.stateful:
            assert f"`{address}`" in readme


def test_the_readme_has_words_for_every_stack_that_a_platform_may_have() -> None:
    assert all(stack.about for stack in STACKS)


def test_generated_json_goes_over_as_it_is(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, given())
    for name, document in build(given()).documents.items():
        assert (folder / "stacks" / name / "cdk.tf.json").read_bytes() == json_bytes(document)


def test_accepted_findings_come_along_as_checkov_reads_them(tmp_path: Path) -> None:
    """Each reason next to a resource is in the baseline of its stack, and nothing else."""
    folder = unpacked(tmp_path, given())
    for stack in (folder / "stacks").iterdir():
        document = json.loads((stack / "cdk.tf.json").read_text())
        wanted = {
            (f"{prefix}{address}", check, reason)
            for section, prefix in (("resource", ""), ("data", "data."))
            for address, body in bodies(document, section)
            for check, reason in body.get("//", {}).get("checkov", {}).items()
        }
        baseline = json.loads((stack / BASELINE).read_text())
        found = [one for file in baseline["failed_checks"] for one in file["findings"]]
        assert {
            (one["resource"], check, one["reasons"][check]) for one in found for check in one["check_ids"]
        } == wanted
        assert stack.name != "exported-cluster" or wanted


def test_accepted_findings_come_along_as_trivy_reads_them(tmp_path: Path) -> None:
    """For each check of trivy, the reasons of checkov's baseline with their resources."""
    settings = given(network=Network(flow_logs=None))
    for stack in (unpacked(tmp_path, settings) / "stacks").iterdir():
        read = yaml.safe_load((stack / IGNORE_FILE).read_text())
        assert list(read) == ["misconfigurations"]
        ids = [one["id"] for one in read["misconfigurations"]]
        assert ids == sorted(set(ids)), "trivy takes the first entry of a check"
        assert all(set(one) == {"id", "statement"} for one in read["misconfigurations"]), "fields that trivy reads"
        said = {one["id"]: one["statement"] for one in read["misconfigurations"]}
        checks = set()
        for file in json.loads((stack / BASELINE).read_text())["failed_checks"]:
            for one in file["findings"]:
                for check, reason in one["reasons"].items():
                    if (name := CHECKS[check]) is not None:
                        checks.add(name)
                        assert one["resource"] in said[name]
                        assert reason in said[name]
        assert set(said) == checks
        assert stack.name != "exported-network" or "AVD-AWS-0178" in checks


def test_every_accepted_check_of_checkov_has_its_check_of_trivy_or_none() -> None:
    """`trivy_checks.json`: the checks of AWS that are not deprecated, from METADATA of trivy-checks' .rego files at the commit in CHECKS."""
    accepted = {
        check
        for path in (ROOT / "modules").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        for check in re.findall(r"\b(CKV2?_AWS_\d+)(?:=|\": )", line)
    }
    assert len(accepted) > 30
    assert set(CHECKS) == accepted
    known = json.loads(Path(__file__).with_name("trivy_checks.json").read_text())
    assert {name for name in CHECKS.values() if name} <= set(known)


def test_images_of_an_extra_chart_are_those_that_settings_name(tmp_path: Path) -> None:
    chart = HelmChart("https://airflow.apache.org", "airflow", "1.18.0")
    values = {
        "images": {"gitSync": {"repository": "registry.k8s.io/git-sync/git-sync", "tag": "v4.4.2"}},
        "extraContainers": [{"name": "log", "image": "quay.io/example/log:2"}],
        "cluster": {"registry": "ghcr.io", "repository": "example/db", "digest": f"sha256:{'0' * 64}"},
        "persistence": {"repository": "not an image"},
    }
    settings = given(
        kubeflow=Kubeflow(
            enable=(),
            auth=Dex(users=("ada@example.com",)),
            values={"airflow": values},
            extra_components=(Component(name="airflow", namespace="airflow", source=chart),),
        )
    )
    for path, content in build(settings).tree.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    found = read_stacks(tmp_path)["exported"]
    images_found = {one.bom_ref.value for one in images(found)}
    assert {
        "image:registry.k8s.io/git-sync/git-sync:v4.4.2",
        "image:quay.io/example/log:2",
        f"image:ghcr.io/example/db@sha256:{'0' * 64}",
    } <= images_found
    assert not any("not an image" in str(one) for one in images_found)
    said = {one.bom_ref.value: [entry.name for entry in one.properties] for one in charts(found)}
    assert said["helm-release:airflow"] == ["kubeflow-aws:images"]
    assert said["helm-release:dex"] == []


@needs_cache
@pytest.mark.upstream
def test_modules_come_with_a_root_that_calls_them(tmp_path: Path) -> None:
    """Every variable has a value, providers are complete, and what no value orders is ordered by depends_on."""
    settings = given(state=State.none(form="module"), kubeflow=FULL_KUBEFLOW)
    folder = unpacked(tmp_path, settings)
    root = json.loads((folder / "main.tf.json").read_text())
    built = build(settings).documents
    assert [call["source"] for call in root["module"].values()] == [
        f"./stacks/{name}" for name in sorted(built, key=lambda name: name.replace("-", "_"))
    ]
    for name, document in built.items():
        call = root["module"][name.removeprefix("exported-").replace("-", "_")]
        assert set(document.get("variable", {})) == set(call) - {"source", "providers", "depends_on"}
        assert set(call["providers"]) == set(document["terraform"]["required_providers"])
        assert set(call["providers"]) <= set(root["provider"])
    assert root["module"]["cluster"]["vpc_id"] == "${module.network.vpc_id}"
    assert root["module"]["addons"]["depends_on"] == ["module.services"]
    assert "depends_on" not in root["module"]["services"]
    assert root["data"]["aws_eks_cluster"]["this"]["name"] == "${module.cluster.cluster_name}"
    assert {path.name for path in folder.iterdir()} == {
        BASELINE,
        IGNORE_FILE,
        "README.md",
        "SHA256SUMS",
        "main.tf.json",
        "sbom.cdx.json",
        "stacks",
    }


def test_findings_of_modules_have_the_addresses_of_the_root(tmp_path: Path) -> None:
    modules, roots = (unpacked(tmp_path / form, given(state=State.none(form=form))) for form in ("module", "root"))
    (entry,) = json.loads((modules / BASELINE).read_text())["failed_checks"]
    wanted = [
        f"module.{layer}.{one['resource']}"
        for layer in ("network", "cluster")
        for file in json.loads((roots / f"stacks/exported-{layer}" / BASELINE).read_text())["failed_checks"]
        for one in file["findings"]
    ]
    assert [one["resource"] for one in entry["findings"]] == wanted
    assert wanted


@pytest.mark.parametrize("form", ["module", "root"])
def test_the_readme_names_each_tool_with_examples_that_terraform_parses(form: str, tmp_path: Path) -> None:
    readme = (unpacked(tmp_path, given(state=State.none(form=form))) / "README.md").read_text()
    for tool in ("Terraform", "Terragrunt", "Atlantis", "Spacelift", "env0", "HCP Terraform"):
        assert re.search(rf"^\| [^|]*{tool}", readme, re.MULTILINE), tool
    examples = re.findall(r"```hcl\n(.*?)```", readme, re.DOTALL)
    assert len(examples) == (2 if form == "module" else 1)
    generated = [
        textwrap.dedent(one) for example in examples for one in re.findall(r"<<-EOF\n(.*?)\n  EOF", example, re.DOTALL)
    ]
    assert len(generated) == len(examples)
    for example in [*examples, *generated]:
        done = subprocess.run(["terraform", "fmt", "-"], input=example, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{example}\n{done.stderr}"
    assert 'dependency "network"' in examples[-1]
    assert "dependency.network.outputs.for_cluster" in examples[-1]
