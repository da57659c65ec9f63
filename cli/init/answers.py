"""What a new main.py is made of: the questions, their options, and the check of the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from cli.init.rendering import main_py
from modules.rules import problems_of_all
from modules.settings import Platform
from stacks import rules  # noqa: F401 - registers its rules

Kind = Literal["quickstart", "production", "existing-cluster", "hand-over", "hcp"]
KINDS: Mapping[Kind, str] = {
    "quickstart": "evaluation at low cost: two nodes, tables and artifacts in the cluster, no deletion protection",
    "production": "three zones with a NAT gateway each, RDS with a standby, S3, state in a bucket",
    "existing-cluster": "Kubeflow on an EKS cluster that exists already, which is not changed",
    "hand-over": "archives for another Terraform pipeline, with its own backend",
    "hcp": "HCP Terraform with an agent in the VPC, AWS without access keys",
}
"""Kind of a platform to its description."""
ALL = frozenset(get_args(Kind))
NEW_CLUSTER = ALL - {"existing-cluster"}

Answer = str | tuple[str, ...]
Answers = Mapping[str, Answer]
"""Name of a question to its answer."""


@dataclass(frozen=True)
class Question:
    """One value of a new main.py."""

    name: str
    text: str
    """Shown on a terminal."""
    sample: Answer
    """A valid answer, for the check of other answers."""
    kinds: frozenset[str] = ALL
    """The kinds of platform that need it."""
    default: Answer | None = None
    """None: an answer is required."""

    @property
    def option(self) -> str:
        """Its option of the command line; an option of several values is repeated."""
        return "--" + self.name.replace("_", "-").removesuffix("s" if self.is_list else "")

    @property
    def is_list(self) -> bool:
        """Whether it has several values."""
        return isinstance(self.sample, tuple)

    def answer(self, text: str) -> Answer:
        """The answer that was typed; several values are separated by commas."""
        values = tuple(part.strip() for part in text.split(",") if part.strip())
        return values if self.is_list else text.strip()


QUESTIONS = (
    Question("name", "Name of the platform, part of all names in AWS", "sample"),
    Question("region", "AWS region", "us-west-2"),
    Question("email", "E-mail address of the first user", "you@example.com"),
    Question("cluster", "Name of the existing EKS cluster", "legacy", ALL - NEW_CLUSTER),
    Question("cidr", "Network of the VPC", "10.0.0.0/16", NEW_CLUSTER, "10.0.0.0/16"),
    Question(
        "admins",
        "Cluster administrators: role/<name> or user/<name>, separated by commas",
        ("role/admins",),
        NEW_CLUSTER,
    ),
    Question(
        "public_access_cidrs",
        "Networks that reach the API server over the internet, separated by commas",
        ("192.0.2.0/24",),
        NEW_CLUSTER - {"hcp"},
    ),
    Question("agent_cidrs", "Network of the HCP Terraform agent", ("10.8.0.0/16",), frozenset({"hcp"})),
    Question("organization", "HCP Terraform organization", "example", frozenset({"hcp"})),
    Question("project", "HCP Terraform project", "Default Project", frozenset({"hcp"}), "Default Project"),
    Question("instance_type", "Instance type of the nodes", "m6i.xlarge", NEW_CLUSTER, "m6i.xlarge"),
    Question("zones", "Availability zones", "2", NEW_CLUSTER, "2"),
    Question("state_bucket", "S3 bucket of the Terraform state; deploy creates it", "a-state-bucket"),
)
DEFAULTS: Mapping[str, Mapping[str, Answer]] = {
    "quickstart": {"instance_type": "t3.2xlarge"},  # two of them hold Kubeflow, and have room for notebooks
    "production": {"zones": "3"},
}
"""Defaults of a kind that differ from those of the questions."""


def questions(kind: str, *, repository: bool) -> list[Question]:
    """The questions of a kind.

    Args:
        kind: of the platform.
        repository: whether CI applies it, which loses a local state.
    """
    with_bucket = kind == "production" or (repository and kind in ("quickstart", "existing-cluster"))
    return [one for one in QUESTIONS if kind in one.kinds and (one.name != "state_bucket" or with_bucket)]


def default(question: Question, kind: str) -> Answer | None:
    """Default answer; None if there is none."""
    return DEFAULTS.get(kind, {}).get(question.name, question.default)


def problems(kind: str, answers: Answers) -> list[str]:
    """Errors of the settings in the main.py of some answers."""
    text = main_py(kind, answers)
    values: dict[str, object] = {"__name__": "main"}
    exec(compile(text, "main.py", "exec"), values)
    return problems_of_all([value for value in values.values() if isinstance(value, Platform)])


def problem_of(question: Question, answer: Answer, kind: str, answers: Answers) -> str | None:
    """The settings' error for one answer, with valid values for those that are not known yet; None if there is none."""
    if not answer:
        return f"{question.option}: a value is required"
    samples = {one.name: one.sample for one in QUESTIONS if kind in one.kinds}
    found = problems(kind, {**samples, **answers, question.name: answer})
    return found[0] if found else None
