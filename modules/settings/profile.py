"""Teams."""

from pydantic import Field

from modules.settings.section import Section
from modules.settings.types import NamespaceName, NonEmpty


class Profile(Section):
    """One team: a namespace with an owner, contributors, a quota and an AWS role."""

    name: NamespaceName = Field(description="Name of the team and of its namespace; unique on the platform.")
    owner: NonEmpty = Field(description="Who owns it, as the identity provider writes the e-mail address.")
