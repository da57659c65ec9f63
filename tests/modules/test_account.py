import cdktf
import pytest

from modules.account import Account
from tests.documents import at, bare_stack, synthesized


@pytest.mark.parametrize(
    ("region", "partition", "dns_suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("us-gov-east-1", "aws-us-gov", "amazonaws.com"),
        ("cn-northwest-1", "aws-cn", "amazonaws.com.cn"),
    ],
)
def test_the_partition_follows_from_the_region_and_the_account_is_read(
    region: str, partition: str, dns_suffix: str
) -> None:
    stack = bare_stack()
    account = Account(stack, "account", region=region)
    cdktf.TerraformOutput(stack, "root", value=account.root_arn, static_id=True)
    document = synthesized(stack)
    assert (account.region, account.partition, account.dns_suffix) == (region, partition, dns_suffix)
    assert at(document, "data aws_caller_identity current") == {}
    assert at(document, "output root value") == (
        f"arn:{partition}:iam::${{data.aws_caller_identity.current.account_id}}:root"
    )


def test_a_region_without_eks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"region 'eu-west-9': not an EKS region .* did you mean eu-west-"):
        Account(bare_stack(), "account", region="eu-west-9")
