"""The pages of a hand-over: README, and the shell script that carries outputs to inputs."""

from collections.abc import Sequence
from pathlib import Path

from modules.aws_providers import aws_providers
from modules.text import page
from stacks.document import managed
from stacks.handover.backends import init_arguments
from stacks.handover.module_root import module_name
from stacks.handover.scanner import BASELINE
from stacks.handover.stack import Stack, sources
from stacks.handover.trivy import IGNORE_FILE
from stacks.order import STACKS


def readme(platform: str, stacks: Sequence[Stack]) -> str:
    """README for recipients of the archive."""
    versions: dict[str, set[str]] = {}
    for stack in stacks:
        for provider in stack.terraform["required_providers"].values():
            versions.setdefault(provider["source"], set()).add(provider["version"])
    locked = all((stack.folder / ".terraform.lock.hcl").is_file() for stack in stacks)
    return page(
        Path(__file__).with_name("README.md.j2"),
        platform=platform,
        stacks=stacks,
        about={stack.layer: stack.about for stack in STACKS},
        counts={stack.name: len(list(managed(stack.document))) for stack in stacks},
        terraform_version=stacks[0].terraform["required_version"],
        providers={source: " and ".join(sorted(wanted)) for source, wanted in sorted(versions.items())},
        baseline=BASELINE,
        ignore_file=IGNORE_FILE,
        locked="Their hashes are in each `.terraform.lock.hcl`."
        if locked
        else "No lock file is included: `terraform init` writes one, commit it.",
        region=region_of(stacks),
        kubernetes=any(stack.releases for stack in stacks),
        backend=stacks[0].backend,
        init={stack.name: init_arguments(stack) for stack in stacks},
        sources={
            name: {variable: f"`{source.name}`" if source else "you" for variable, source in found.items()}
            for name, found in sources(stacks).items()
        },
        module=stacks[0].is_module,
        aws=aws_providers(stacks[0].document)[0],
        kubernetes_provider=any("kubernetes" in stack.terraform["required_providers"] for stack in stacks),
        first_steps=first_steps(stacks),
        example=next((stack for stack in stacks if stack.inputs), None),
        module_names={stack.name: module_name(stack.layer) for stack in stacks},
        inputs_from={
            name: [one for one in stacks if any(one is source for source in found.values())]
            for name, found in sources(stacks).items()
        },
        protected=any(protected(stack) for stack in stacks),
    )


def first_steps(stacks: Sequence[Stack]) -> list[str]:
    """Stacks in module form that the first run applies one by one, before one apply of all.

    They are the last one outside of the cluster, and those in it except for the last, each with a token of its own.
    """
    in_cluster = [stack.name for stack in stacks if stack.releases]
    outside = [stack.name for stack in stacks if not stack.releases]
    return [*outside[-1:], *in_cluster[:-1]] if in_cluster else []


def region_of(stacks: Sequence[Stack]) -> str:
    """Region of the AWS provider."""
    region: str = aws_providers(stacks[0].document)[0]["region"]
    return region


def protected(stack: Stack) -> bool:
    """Whether any resource has `prevent_destroy`."""
    return any(
        resource.get("lifecycle", {}).get("prevent_destroy")
        for resources in stack.document.get("resource", {}).values()
        for resource in resources.values()
    )


def inputs_script(stacks: Sequence[Stack]) -> str:
    """`inputs.sh`: requires only a POSIX shell and Terraform."""
    givers = {stack.name: [one for one in stacks if stack.layer in one.gives] for stack in stacks}
    by_name = {stack.name: stack for stack in stacks}
    return page(
        Path(__file__).with_name("inputs.sh.j2"),
        givers={
            name: [(one.name, one.layer, by_name[name].layer.replace("-", "_"), init_arguments(one)) for one in ones]
            for name, ones in givers.items()
            if ones
        },
    )
