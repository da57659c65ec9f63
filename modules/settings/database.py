"""Where Pipelines, ML Metadata, Katib and the model registry keep their tables."""

from typing import Annotated

from pydantic import Field, Tag

from modules.settings.section import Section
from modules.settings.types import NonEmpty, SecretArn, kind_of


class RdsMysql(Section):
    """An RDS MySQL instance made here, in private subnets, encrypted, open to the nodes only."""

    engine_version: NonEmpty = Field("8.4", description="MySQL version.")
    instance_class: NonEmpty = Field("db.t4g.medium", description="Instance class.")


class AuroraMysql(Section):
    """An Aurora MySQL cluster made here, in private subnets, encrypted, open to the nodes only."""

    engine_version: NonEmpty = Field("8.0.mysql_aurora.3.10.0", description="Aurora MySQL version.")
    instance_class: NonEmpty = Field("db.t4g.medium", description="Instance class of each instance.")


class ExistingDatabase(Section):
    """A MySQL server of yours that the nodes reach."""

    host: NonEmpty = Field(description="Host name.")
    port: int = Field(3306, ge=1, le=65535, description="Port.")
    username: NonEmpty = Field(description="User with rights to create its databases.")
    password_secret_arn: SecretArn = Field(description="Secret in Secrets Manager whose value is the password, alone.")


class InClusterDatabase(Section):
    """Upstream's MySQL in the cluster, with a generated password. For a look: it has one volume and no backup."""


AnyDatabase = Annotated[
    Annotated[RdsMysql, Tag("union:RdsMysql")]
    | Annotated[AuroraMysql, Tag("union:AuroraMysql")]
    | Annotated[ExistingDatabase, Tag("union:ExistingDatabase")]
    | Annotated[InClusterDatabase, Tag("union:InClusterDatabase")],
    kind_of("RdsMysql(…)", "AuroraMysql(…)", "ExistingDatabase(…)", "InClusterDatabase()"),
]
