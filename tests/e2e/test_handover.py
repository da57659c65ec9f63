"""A stranger's way: unpack the archive in an empty folder, and follow its README with nothing but a shell and Terraform."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import Dex, ExistingZone, Kubeflow, LoadBalancer, Platform, State
from stacks.handover.scanner import BASELINE
from stacks.handover.stack import Stack
from tests.e2e.kubeflow_stage import fill_cache
from tests.e2e.stage import admin_role, small
from tests.platforms import IN_CLUSTER
from tests.provider_mirror import COLLECTS_LESS, cli_config
from tests.provider_processes import running
from tests.stacks.handover.packed import stacks, unpacked
from tests.stand_ins.moto_extension import CREDENTIALS, Server, leftovers
from tests.stand_ins.providers import MADE_BY_CONTROLLERS, ChartFolders, Clusters, attached
from tests.terraform import Terraform
from tests.test_checkov import CHECKOV

pytestmark = pytest.mark.terraform
KEPT = {
    "cert-manager",
    "default-storage-class",
    "dex",
    "istio",
    "istio-crds",
    "istio-namespace",
    "katib",
    "kubeflow-namespace",
    "kubeflow-roles",
    "oauth2-proxy",
}
EXPOSED = tuple(
    one.name for one in CATALOGUE if one.default and one.name not in {*KEPT, "aws-load-balancer-controller"}
)
TOOLS = ("cat", "dirname", "grep", "mkdir", "mv", "rm", "sh", "terraform")
BUCKET = "strangers-state"


def exported(**settings: object) -> Platform:
    """A whole platform with little in it; katib needs a password, so credentials are handed from stack to stack."""
    left_out = tuple(one.name for one in CATALOGUE if one.default and one.name not in KEPT)
    kubeflow = Kubeflow(auth=Dex(users=("ada@team.example.net",)), disable=left_out, services=IN_CLUSTER, split=False)
    return small("exported", **{"state": State.none(backend="s3"), "kubeflow": kubeflow, **settings})


@dataclass
class Stranger:
    """A receiver with the archive, a shell and Terraform."""

    folder: Path
    environment: Mapping[str, str]
    clusters: Clusters

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """One line of a shell."""
        return subprocess.run(
            ["sh", "-euc", line],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )

    def must(self, line: str) -> str:
        """The same, and it works."""
        done = self.run(line)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@contextmanager
def stranger(folder: Path, aws: Server, found: list[Stack]) -> Iterator[Stranger]:
    """An environment in which nothing of this project can be found; Helm's and Kubernetes' providers are the stand-ins."""
    programs = folder.parent / "bin"
    programs.mkdir()
    for tool in TOOLS:
        program = shutil.which(tool)
        assert program is not None, tool
        (programs / tool).symlink_to(program)
    charts = (
        folder.parent / "charts-of-all"
    )  # one provider process serves all stacks here; Terraform itself checks each stack's own
    for stack in found:
        for chart in stack.local_charts:
            (charts / chart).parent.mkdir(parents=True, exist_ok=True)
            (charts / chart).symlink_to(folder / "stacks" / stack.name / chart)
    cli_file = folder.parent / "cli.tfrc"
    cli_file.write_text(cli_config())
    clusters = Clusters()
    with attached(Terraform(charts, aws.endpoint), clusters, ChartFolders()) as providers:
        environment = {
            "PATH": str(programs),
            "HOME": str(folder.parent),
            **CREDENTIALS,
            **COLLECTS_LESS,
            **providers.environment,
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "TF_CLI_CONFIG_FILE": str(cli_file),
            "TF_CLI_ARGS_apply": "-auto-approve -input=false -no-color -parallelism=30",
            "TF_CLI_ARGS_destroy": "-auto-approve -input=false -no-color -parallelism=30",
            "CHECKPOINT_DISABLE": "1",
        }
        with running(environment, folder) as led:
            yield Stranger(folder, led, clusters)


def commands(readme: str, chapter: str) -> list[str]:
    """The shell lines in a chapter's first block; the scan of trivy, which is not here, has a second one."""
    text = readme.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    block = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[0]
    return [line for line in block.splitlines() if line]


def test_all_stacks_are_applied_and_destroyed_by_the_readme(aws: Server, tmp_path: Path) -> None:
    fill_cache()
    admin_role(aws)
    found = stacks(tmp_path / "ours", exported())
    folder = unpacked(tmp_path / "ours", exported()).rename(tmp_path / "theirs")
    shutil.rmtree(tmp_path / "ours" / "generated")
    readme = (folder / "README.md").read_text()
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    filled = folder / "backend.tfbackend"
    filled.write_text(
        filled.read_text().replace('bucket = ""', f'bucket = "{BUCKET}"').replace('region = ""', 'region = "us-west-2"')
        + "use_path_style = true\n"  # moto has no names for buckets
    )
    with stranger(folder, aws, found) as them:
        early = them.run("sh inputs.sh exported-cluster")
        assert (early.returncode, "exported-network is not applied, or outdated" in early.stderr) == (3, True), (
            early.stderr
        )
        assert not list(folder.glob("stacks/*/*.tfvars.json"))
        for line in commands(readme, "Apply"):
            if line == "sh inputs.sh exported-addons":  # the cluster is there, and its controllers are about to run
                endpoint = aws.client("eks").describe_cluster(name="exported")["cluster"]["endpoint"]
                them.clusters.at(endpoint).appears |= MADE_BY_CONTROLLERS
            them.must(line)
        keys = {one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]}
        assert keys == {f"exported/{stack.layer}.tfstate" for stack in found}
        for stack in found:
            done = them.run(f"terraform -chdir=stacks/{stack.name} plan -input=false -detailed-exitcode -no-color")
            assert done.returncode == 0, done.stdout + done.stderr
        for line in commands(readme, "Destroy"):
            them.must(line)
    aws.client("s3").delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in keys]})
    aws.client("s3").delete_bucket(Bucket=BUCKET)
    assert [one for one in leftovers("us-west-2") if "platform-admins" not in one] == []


def test_a_wrong_input_is_refused_with_the_output_that_it_is(aws: Server, tmp_path: Path) -> None:
    fill_cache()
    found = stacks(tmp_path / "ours", exported(state=State.none()))
    folder = unpacked(tmp_path / "ours", exported(state=State.none())).rename(tmp_path / "theirs")
    with stranger(folder, aws, found) as them:
        inputs = folder / "stacks/exported-cluster/network.auto.tfvars.json"
        inputs.write_text('{"vpc_id": "not-one", "private_subnet_ids": ["subnet-0", "subnet-1"]}')
        them.must("terraform -chdir=stacks/exported-cluster init -input=false")
        done = them.run("terraform -chdir=stacks/exported-cluster plan -input=false -no-color")
    assert done.returncode == 1
    assert "vpc_id: must begin with vpc-; it is output vpc_id of the network stack" in " ".join(
        done.stderr.replace("│", " ").split()
    )


def test_stacks_in_module_form_are_modules_of_a_root(aws: Server, tmp_path: Path) -> None:
    """The root of the archive is valid; one of the receiver uses count, for_each, depends_on and other providers."""
    fill_cache()
    zone = ExistingZone(zone_id="Z0123456789ABCDEFGHIJ", role_arn="arn:aws:iam::444455556666:role/dns")
    entrance = LoadBalancer(host="kubeflow.example.net", allowed_cidrs=("198.51.100.0/24",), zone=zone)
    settings = exported(state=State.none(form="module"))
    assert settings.kubeflow is not None
    settings = settings.with_changes(kubeflow=settings.kubeflow.with_changes(exposure=entrance, disable=EXPOSED))
    found = stacks(tmp_path / "ours", settings)
    folder = unpacked(tmp_path / "ours", settings).rename(tmp_path / "theirs")
    shutil.rmtree(tmp_path / "ours" / "generated")
    with stranger(folder, aws, found) as them:
        them.must("terraform init -backend=false -input=false -no-color")
        assert "The configuration is valid" in them.must("terraform validate -no-color")
        root = folder / "main.tf.json"
        tags = {"kubeflow-platform": "exported", "managed-by": "terraform", "theirs": "too"}
        root.write_text(json.dumps(receivers_root(tags)))
        them.must("terraform init -input=false -no-color")
        refused = them.run("terraform plan -input=false -no-color -var region=eu-west-1 -var tagged=false")
        reasons = " ".join(refused.stderr.replace("│", " ").split())
        assert refused.returncode == 1
        assert "The provider aws of this module must have the region us-west-2" in reasons
        assert 'must have these default_tags, others may be added: {"kubeflow-platform":"exported"' in reasons
        said = them.must("terraform apply")
        assert "Apply complete!" in said
        vpcs = aws.client("ec2").describe_vpcs(Filters=[{"Name": "tag:theirs", "Values": ["too"]}])["Vpcs"]
        assert len(vpcs) == 2, "one by count, one by for_each"
        again = them.run("terraform plan -input=false -detailed-exitcode -no-color")
        assert again.returncode == 0, again.stdout + again.stderr


def receivers_root(tags: Mapping[str, str]) -> dict[str, object]:
    """Two networks, and no cluster yet, by modules with everything that a provider block inside of them would forbid."""
    network = {"source": "./stacks/exported-network", "providers": {"aws": "aws.exported"}}
    return {
        "variable": {"region": {"default": "us-west-2"}, "tagged": {"default": True}},
        "provider": {
            "aws": [
                {"region": "eu-central-1"},
                {
                    "alias": "exported",
                    "region": "${var.region}",
                    "default_tags": [{"tags": f"${{var.tagged ? {json.dumps(tags)} : {{}}}}"}],
                },
            ]
        },
        "resource": {"terraform_data": {"landing_zone": {}}},
        "module": {
            "network": {**network, "count": 1, "depends_on": ["terraform_data.landing_zone"]},
            "more": {**network, "for_each": '${toset(["west"])}'},
            "cluster": {
                "source": "./stacks/exported-cluster",
                "providers": {"aws": "aws.exported"},
                "count": 0,
                "vpc_id": "${module.network[0].vpc_id}",
                "private_subnet_ids": "${module.network[0].private_subnet_ids}",
            },
        },
    }


@pytest.mark.checkov
@pytest.mark.skipif(not CHECKOV.exists(), reason="no checkov: `make test` installs it into .tools/checkov")
def test_the_scan_of_the_readme_reads_the_plan_and_finds_what_is_meant_only(aws: Server, tmp_path: Path) -> None:
    """As delivered: the archive's own README, its baselines, a real plan, and the real scanner."""
    admin_role(aws)
    settings = small("exported", state=State.none(backend="none"))
    found = stacks(tmp_path / "made", settings)
    folder = unpacked(tmp_path, settings)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    scans = commands(readme, "Scan")
    with stranger(folder, aws, found) as somebody:
        checkov = Path(somebody.environment["PATH"]) / "checkov"
        offline = "--skip-download --compact --quiet --output json"
        checkov.write_text(f'#!/bin/sh\nBC_SKIP_MAPPING=TRUE exec {CHECKOV} -W ignore -m checkov.main {offline} "$@"\n')
        checkov.chmod(0o755)
        for stack in found:
            plan, show, scan = (line for line in scans if stack.name in line)
            if stack.inputs:
                somebody.must(f"sh inputs.sh {stack.name}")
            somebody.must(f"terraform -chdir=stacks/{stack.name} init -no-color")
            somebody.must(plan)
            somebody.must(show)
            meant = json.loads((folder / "stacks" / stack.name / BASELINE).read_text(encoding="utf-8"))
            assert meant["failed_checks"], "or the baseline is not needed"
            summary = json.loads(somebody.must(scan))["summary"]
            without = somebody.run(scan.partition(" --baseline")[0])
            assert without.returncode == 1, without.stdout
            report = json.loads(without.stdout)
            assert report["summary"]["passed"] > 10, "the scanner read the plan"
            failed = {(one["resource"], one["check_id"]) for one in report["results"]["failed_checks"]}
            told = {
                (one["resource"], check)
                for file in meant["failed_checks"]
                for one in file["findings"]
                for check in one["check_ids"]
            }
            assert failed, stack.name
            assert failed - told == set()
            assert (summary["failed"], summary["skipped"]) == (0, report["summary"]["failed"])
            if stack is not found[-1]:
                somebody.must(f"terraform -chdir=stacks/{stack.name} apply")
