"""Accepted findings of the policy scanner, each with its reason at the resource."""

from cdktf import TerraformDataSource, TerraformResource, TerraformStack


def accepted(element: TerraformResource | TerraformDataSource, **reasons: str) -> None:
    """Write why a finding of checkov is accepted, next to the resource it is about.

    The reason is written to the JSON under `"//".checkov`, where reviewers can read it; the scan in the tests accepts a
    finding only with a reason there, and rejects reasons without a finding.

    Args:
        element: the resource or data source, with its final address.
        reasons: check id and sentence: `CKV_AWS_39="…"`.
    """
    block = "data" if isinstance(element, TerraformDataSource) else "resource"
    address = f"{block}.{element.terraform_resource_type}.{element.friendly_unique_id}"  # fqn is a token
    stack = TerraformStack.of(element)
    for check, reason in reasons.items():
        # Set by the stack: an element's own "//" is overwritten with its metadata.
        stack.add_override(f"{address}.//.checkov.{check}", reason)
