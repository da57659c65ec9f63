import re
import subprocess
import sys

import pytest

from modules.aws_data.instance_types import CSV_FILE, instance_type, instance_types, known
from modules.aws_data.update import natural

NAME = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")


def test_every_type_has_the_facts_that_checks_and_capacity_need() -> None:
    for name, kind in instance_types().items():
        assert NAME.fullmatch(name)
        assert kind.name == name
        assert kind.vcpus >= 1, name
        assert kind.memory_mib >= 512, name
        assert kind.max_enis >= 1, name  # hpc6id.32xlarge has one
        assert kind.ipv4_per_eni >= 2, name
        assert kind.architecture in ("x86_64", "arm64"), name
        assert kind.hypervisor in ("nitro", "xen", "bare-metal"), name
        assert (kind.gpus > 0) == bool(kind.gpu_manufacturer), name
        assert not (kind.gpus and kind.neuron_devices), name
        assert (kind.neuron_cores > 0) == (kind.neuron_devices > 0), name
        assert kind.ebs_attachments >= 3, name
        assert kind.ebs_limit in ("shared", "dedicated"), name


def test_the_table_is_sorted_so_that_an_update_shows_only_what_changed() -> None:
    names = list(instance_types())
    assert names == sorted(names, key=natural)
    assert names.index("m5.2xlarge") < names.index("m5.12xlarge")
    assert len(names) == len(CSV_FILE.read_text().splitlines()) - 1 > 1300


@pytest.mark.parametrize(
    "name",
    [
        *("t3.medium", "m6i.xlarge", "m7i.xlarge", "m7g.xlarge", "m8g.xlarge", "g5.xlarge", "g5.12xlarge", "g6.xlarge"),
        *("g6e.xlarge", "p4d.24xlarge", "p5.48xlarge", "p5e.48xlarge", "inf2.xlarge", "trn1.32xlarge", "trn2.48xlarge"),
    ],
)
def test_types_that_users_choose_are_known(name: str) -> None:
    assert known(name)


# https://aws.amazon.com/ec2/instance-types/g5/ (and p4, p5, g6e, g6f): GPUs and EFA interfaces
@pytest.mark.parametrize(
    ("name", "gpus", "max_efa_interfaces"),
    [
        ("g5.xlarge", 1, 0),
        ("g5.12xlarge", 4, 1),
        ("g6e.12xlarge", 4, 1),
        ("g6f.large", 1, 0),  # an eighth of an L4, one GPU to the node
        ("p4d.24xlarge", 8, 4),
        ("p5.48xlarge", 8, 32),
        ("m6i.xlarge", 0, 0),
    ],
)
def test_gpus_and_efa(name: str, gpus: int, max_efa_interfaces: int) -> None:
    kind = instance_type(name)
    assert (kind.gpus, kind.max_efa_interfaces) == (gpus, max_efa_interfaces)
    assert kind.efa == (max_efa_interfaces > 0)
    assert kind.accelerator == ("nvidia" if gpus else None)


# https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/index.html
@pytest.mark.parametrize(
    ("name", "devices"),
    [
        ("inf1.xlarge", 1),
        ("inf2.xlarge", 1),
        ("inf2.48xlarge", 12),
        ("trn1.2xlarge", 1),
        ("trn1.32xlarge", 16),
        ("trn2.48xlarge", 16),
        ("trn2u.48xlarge", 16),
    ],
)
def test_neuron_devices(name: str, devices: int) -> None:
    kind = instance_type(name)
    assert (kind.neuron_devices, kind.accelerator) == (devices, "neuron")


def test_all_types_of_an_accelerated_family_have_accelerators() -> None:
    families = {"nvidia": r"(g\d\w*|gr\d\w*|p\d\w*(-\w+)?)\.", "neuron": r"(inf|trn)\d\w*\."}
    for accelerator, pattern in families.items():
        for name, kind in instance_types().items():
            assert (kind.accelerator == accelerator) == bool(re.match(pattern, name)), name


# https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/pkg/cloud/limits/volume_limits_table.go, compared for all 1,028
# types that are in both tables
@pytest.mark.parametrize(
    ("name", "attachments", "limit"),
    [
        ("g5.xlarge", 25, "shared"),  # 28 without an interface, a disk of the instance and a GPU
        ("m6i.xlarge", 27, "shared"),
        ("m8g.xlarge", 32, "dedicated"),
        ("p5.48xlarge", 64, "dedicated"),
    ],
)
def test_ebs_attachments(name: str, attachments: int, limit: str) -> None:
    kind = instance_type(name)
    assert (kind.ebs_attachments, kind.ebs_limit) == (attachments, limit)


def test_processor_and_hypervisor() -> None:
    assert instance_type("m7g.xlarge").architecture == "arm64"
    assert instance_type("g5g.xlarge").architecture == "arm64"
    assert instance_type("m7i.xlarge").architecture == "x86_64"
    assert instance_type("t2.medium").hypervisor == "xen"
    assert instance_type("m5.metal").hypervisor == "bare-metal"
    assert instance_type("t3.medium").hypervisor == "nitro"


def test_a_type_newer_than_the_table_is_not_known_and_not_an_error() -> None:
    assert not known("m99i.xlarge")
    assert not known("name")


def test_a_misspelled_type_names_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"instance type 'm6i\.xlrage': not in the table") as error:
        instance_type("m6i.xlrage")
    assert str(error.value) == (
        f"instance type 'm6i.xlrage': not in the table of {len(instance_types())} types; "
        "did you mean m6i.xlarge, m6in.xlarge, m6id.xlarge? "
        "A type newer than the table is added by: python -m modules.aws_data.update --from-account <region>"
    )


def test_a_name_like_no_other_gets_the_page_of_all_types() -> None:
    with pytest.raises(ValueError, match=r"see https://aws\.amazon\.com/ec2/instance-types/"):
        instance_type("?")


def test_facts_load_fast_and_without_heavy_packages() -> None:
    code = (
        "import sys, time, modules; before = set(sys.modules); start = time.process_time();"
        "import modules.aws_data.ami_types, modules.aws_data.eks_addons, modules.aws_data.pods, modules.aws_data.regions;"
        "modules.aws_data.pods.max_pods('m6i.xlarge', prefix_delegation=True);"
        "print(time.process_time() - start);"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    runs = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True) for _ in range(3)]
    seconds, packages = zip(*(run.stdout.splitlines() for run in runs), strict=True)
    assert not {"cdktf", "jsii", "pydantic", "botocore", "boto3", "moto"} & set(packages[0].split())
    assert min(map(float, seconds)) < 0.05  # measured 0.010; a busy machine is allowed five times that
