"""What the notebook spawner offers."""

from pydantic import Field

from modules.settings.section import Section


class Notebooks(Section):
    """Notebook servers on the platform."""

    idle_minutes: int | None = Field(
        None, ge=1, description="Minutes without work after which a notebook server is stopped. None: never."
    )
