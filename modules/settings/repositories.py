"""Container images of the teams' own."""

from pydantic import Field

from modules.settings.section import Section


class Repositories(Section):
    """ECR repositories made here: scanned, immutable tags, old images go."""

    names: tuple[str, ...] = Field((), description="Last parts of the names, `<platform>/<name>`.")
