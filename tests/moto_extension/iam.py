"""IAM: AWS's 1,500 managed policies are read once per process and not at every reset, which took 0.2 s of CPU each."""

from copy import copy

from moto.iam.models import IAMBackend, ManagedPolicy

moto_read = IAMBackend._init_aws_policies


def install() -> None:
    """Put the cache into moto."""
    read: dict[tuple[str, str], list[ManagedPolicy]] = {}

    def managed_policies(self: IAMBackend) -> list[ManagedPolicy]:
        key = (self.account_id, self.region_name)
        if key not in read:
            read[key] = moto_read(self)
        return [copy(policy) for policy in read[key]]  # each counts its attachments

    IAMBackend._init_aws_policies = managed_policies  # type: ignore[method-assign]
