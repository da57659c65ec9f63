"""Account, region and partition of a stack."""

from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from constructs import Construct

from modules.aws_data.regions import partition_of
from modules.naming import addressed


class Account(Construct):
    """The account of the Terraform run (read at plan), with region and partition (known at synthesis).

    One per stack: `data.aws_caller_identity.current`.

    Args:
        region: AWS region.
    """

    def __init__(self, scope: Construct, id_: str, *, region: str) -> None:
        super().__init__(scope, id_)
        self.region = region
        facts = partition_of(region)
        self.partition = facts.name
        self.dns_suffix = facts.dns_suffix
        self.account_id = addressed("current", DataAwsCallerIdentity(self, "current")).account_id
        self.root_arn = f"arn:{self.partition}:iam::{self.account_id}:root"
