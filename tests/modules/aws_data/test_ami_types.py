import gzip
import json
from importlib.resources import files
from itertools import product
from typing import Any, get_args

import pytest

from modules.aws_data.ami_types import AMI_TYPES, AmiFamily, ami_type
from modules.aws_data.instance_types import Accelerator, Architecture


def eks_model() -> dict[str, Any]:
    newest = max((files("botocore") / "data" / "eks").iterdir(), key=lambda version: version.name)
    model: dict[str, Any] = json.loads(gzip.decompress((newest / "service-2.json.gz").read_bytes()))
    return model


def test_the_table_has_all_that_eks_has_but_windows_and_custom() -> None:
    names = eks_model()["shapes"]["AMITypes"]["enum"]
    assert {kind.name for kind in AMI_TYPES} == {
        name for name in names if name != "CUSTOM" and not name.startswith("WINDOWS")
    }


def test_names_say_what_the_facts_say() -> None:
    for kind in AMI_TYPES:
        name = kind.name
        assert name.startswith(kind.family + "_")
        assert ("ARM_64" if kind.architecture == "arm64" else "x86_64") in name
        assert (kind.accelerator == "nvidia") == ("NVIDIA" in name or name.endswith("GPU"))
        assert (kind.accelerator == "neuron") == ("NEURON" in name)
        assert kind.fips == ("FIPS" in name)


def test_each_combination_names_one_type_or_an_error() -> None:
    found = []
    accelerators: tuple[Accelerator | None, ...] = (None, *get_args(Accelerator))
    for family, architecture, accelerator, fips in product(
        get_args(AmiFamily), get_args(Architecture), accelerators, (False, True)
    ):
        try:
            found.append(ami_type(family, architecture, accelerator, fips=fips).name)
        except ValueError as error:
            assert f"AMI family '{family}': EKS has no AMI for {architecture}" in str(error)  # noqa: PT017
    assert sorted(found) == sorted(kind.name for kind in AMI_TYPES)


@pytest.mark.parametrize(
    ("family", "architecture", "accelerator", "name"),
    [
        ("AL2023", "x86_64", None, "AL2023_x86_64_STANDARD"),
        ("AL2023", "arm64", "nvidia", "AL2023_ARM_64_NVIDIA"),
        ("AL2023", "x86_64", "neuron", "AL2023_x86_64_NEURON"),
        ("BOTTLEROCKET", "arm64", None, "BOTTLEROCKET_ARM_64"),
    ],
)
def test_family_processor_and_drivers_make_one_ami_type(
    family: Any, architecture: Any, accelerator: Any, name: str
) -> None:
    assert ami_type(family, architecture, accelerator).name == name


def test_the_error_names_what_the_family_has() -> None:
    with pytest.raises(ValueError, match="AMI family") as error:
        ami_type("AL2023", "arm64", "neuron")
    assert str(error.value) == (
        "AMI family 'AL2023': EKS has no AMI for arm64 with neuron drivers; available: AL2023_x86_64_STANDARD, "
        "AL2023_ARM_64_STANDARD, AL2023_x86_64_NEURON, AL2023_x86_64_NVIDIA, AL2023_ARM_64_NVIDIA"
    )


def test_al2_ends_with_1_32() -> None:
    for kind in AMI_TYPES:
        assert kind.supports("1.32")
        assert kind.supports("1.33") == (kind.family != "AL2")


def test_images_and_pods_are_on_a_disk_of_their_own_on_bottlerocket_alone() -> None:
    for kind in AMI_TYPES:
        assert kind.root_device == "/dev/xvda"
        assert kind.data_device == ("/dev/xvdb" if kind.family == "BOTTLEROCKET" else "/dev/xvda")
