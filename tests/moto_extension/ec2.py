"""EC2: launch templates keep their tags apart, as AWS does."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses.launch_templates import LaunchTemplates

moto_create_launch_template = LaunchTemplates.create_launch_template


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


def install() -> None:
    """Put the repairs into moto."""
    setattr(LaunchTemplates, create_launch_template.__name__, create_launch_template)
    # The setter swallows what LaunchTemplate.__init__ assigns.
    LaunchTemplate.tags = property(current_tags, lambda _template, _tags: None)  # type: ignore[assignment]
