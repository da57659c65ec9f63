"""EC2: launch templates keep tags apart, security group rules their description, gateway endpoints their routes, as on AWS."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.launch_templates import LaunchTemplates

moto_create_launch_template = LaunchTemplates.create_launch_template
moto_rule = SecurityGroupRule.__init__
moto_modify_vpc_endpoint = VPCBackend.modify_vpc_endpoint


def create_launch_template(self: LaunchTemplates) -> ActionResult:
    """Take out what moto puts in: the template's own tags in what it launches, which Terraform plans to remove."""
    created = moto_create_launch_template(self)
    template_id = created.result["LaunchTemplate"]["LaunchTemplateId"]  # type: ignore[index]
    data = self.ec2_backend.get_launch_template(template_id).default_version().data
    data["TagSpecifications"] = [
        specification
        for specification in data.get("TagSpecifications", [])
        if specification["ResourceType"] != "launch-template"
    ]
    return created


def current_tags(template: Any) -> list[dict[str, str]]:
    """The tags as they are now; moto keeps those of the day the template was made."""
    tags: list[dict[str, str]] = template.get_tags()
    return tags


def make_rule(self: SecurityGroupRule, *given: Any, **named: Any) -> None:
    """Keep the description of a rule for a group or a prefix list where moto looks for it: next to the CIDR."""
    moto_rule(self, *given, **named)
    for target in (*given, *named.values()):
        if isinstance(target, dict) and "Description" in target:
            self.ip_range = {**self.ip_range, "Description": target["Description"]}


def modify_vpc_endpoint(self: Any, vpc_id: str, *given: Any, **named: Any) -> None:
    """Add and remove the routes of a gateway endpoint; moto adds none, and then cannot delete the endpoint for lack of them."""
    endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])[0]
    before = set(endpoint.route_table_ids or ())
    moto_modify_vpc_endpoint(self, vpc_id, *given, **named)
    after = set(endpoint.route_table_ids or ())
    for table in after - before:
        self.create_route(
            table, None, gateway_id=vpc_id, destination_prefix_list_id=endpoint.destination_prefix_list_id
        )
    for table in before - after:
        self.delete_route(table, endpoint.destination_prefix_list_id)


def install() -> None:
    """Put the repairs into moto."""
    setattr(LaunchTemplates, create_launch_template.__name__, create_launch_template)
    # The setter swallows what LaunchTemplate.__init__ assigns.
    LaunchTemplate.tags = property(current_tags, lambda _template, _tags: None)  # type: ignore[assignment]
    setattr(VPCBackend, modify_vpc_endpoint.__name__, modify_vpc_endpoint)
    SecurityGroupRule.__init__ = make_rule  # type: ignore[method-assign]
