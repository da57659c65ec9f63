"""Findings of the policy scanner that are meant to be so, each with its reason beside the resource."""

from cdktf import TerraformDataSource, TerraformResource, TerraformStack


def accepted(element: TerraformResource | TerraformDataSource, **reasons: str) -> None:
    """Write why a finding of checkov is accepted, next to the resource it is about.

    The reason stands in the JSON under `"//".checkov`, where a reviewer reads it; the scan in the tests accepts a
    finding only with a reason there, and refuses a reason that no finding needs any more.

    Args:
        element: the resource or data source, with its final address.
        reasons: check id and sentence: `CKV_AWS_39="…"`.
    """
    block = "data" if isinstance(element, TerraformDataSource) else "resource"
    address = f"{block}.{element.terraform_resource_type}.{element.friendly_unique_id}"  # fqn is a token
    stack = TerraformStack.of(element)
    for check, reason in reasons.items():
        # By the stack: an element's own "//" is written over with its metadata.
        stack.add_override(f"{address}.//.checkov.{check}", reason)
