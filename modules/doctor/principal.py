"""IAM principals in their several spellings: settings, IAM ARNs, and ARNs of sessions."""

import re
from dataclasses import dataclass

_ARN = re.compile(
    r"arn:(?P<partition>[a-z-]+):(?:iam|sts)::(?P<account>\d{12}):(?P<kind>[a-z-]+)(?:/(?P<path>.*))?", re.DOTALL
)


@dataclass(frozen=True)
class Principal:
    """A role, a user or another identity. Role and user names are unique in an account, whatever their path."""

    account: str
    kind: str
    """`role`, `user`, `root`, `federated-user`."""
    name: str
    """Without path and session."""
    arn: str
    """As it was read; of a session for a caller with a role."""

    def is_same(self, other: "Principal") -> bool:
        """Whether both are the same identity, whatever path or session they are written with."""
        return (self.account, self.kind, self.name) == (other.account, other.kind, other.name)

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}" if self.name else self.kind


def of_arn(arn: str) -> Principal:
    """The principal of an ARN of IAM or STS.

    An assumed role `arn:aws:sts::…:assumed-role/<role>/<session>` is the role; its path is not in the ARN, also for roles of
    IAM Identity Center, whose path is /aws-reserved/sso.amazonaws.com/<region>/.

    Raises:
        ValueError: not such an ARN.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    match = _ARN.fullmatch(arn)
    if match is None:
        raise ValueError(f"{arn}: not the ARN of an IAM principal")
    kind, path = match["kind"], match["path"] or ""
    if kind == "assumed-role":
        return Principal(match["account"], "role", path.partition("/")[0], arn)
    return Principal(match["account"], kind, path.rpartition("/")[2], arn)


def of_setting(principal: str, account: str) -> Principal:
    """The principal of a setting: an ARN, `role/<name>` or `user/<name>`.

    Args:
        principal: the setting.
        account: account of names.
    """
    if principal.startswith("arn:"):
        return of_arn(principal)
    kind, _, name = principal.partition("/")
    return Principal(account, kind, name, principal)
