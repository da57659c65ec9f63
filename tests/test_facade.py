"""What `kubeflow_aws` offers, and what its import costs."""

import subprocess
import sys

import pytest

import kubeflow_aws
import modules.settings
import stacks.platform


def test_it_offers_every_setting_and_synthesize_as_they_are() -> None:
    offered = [name for name in dir(kubeflow_aws) if not name.startswith("_")]
    assert sorted(offered) == sorted([*modules.settings.__all__, "synthesize"])
    for name in modules.settings.__all__:
        assert getattr(kubeflow_aws, name) is getattr(modules.settings, name)
    assert kubeflow_aws.synthesize is stacks.platform.synthesize


@pytest.mark.parametrize("name", ["Plattform", "descriptions", "Field", "__path_of_nothing__"])
def test_another_name_is_an_import_error(name: str) -> None:
    with pytest.raises(ImportError, match=f"cannot import name '{name}' from 'kubeflow_aws'"):
        exec(f"from kubeflow_aws import {name}", {})


def test_the_import_alone_loads_neither_settings_nor_constructs() -> None:
    program = "import sys, kubeflow_aws; print(*{'modules', 'pydantic', 'cdktf', 'jsii'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
