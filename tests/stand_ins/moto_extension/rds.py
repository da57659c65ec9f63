"""RDS: what moto does not keep, and what AWS refuses and moto does not."""

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBCluster, DBInstance, DBInstanceClustered, RDSBackend
from moto.rds.responses import RDSResponse

NEWEST = {
    ("mysql", "8.0"): "8.0.43",
    ("mysql", "8.4"): "8.4.7",
}
"""What AWS makes of a track."""
FAMILIES = {
    "mysql8.0": ("mysql", "8.0"),
    "mysql8.4": ("mysql", "8.4"),
    "aurora-mysql8.0": ("aurora-mysql", "8.0"),
    "aurora-mysql8.4": ("aurora-mysql", "8.4"),
}
STATIC = {"authentication_policy", "innodb_log_file_size", "performance_schema", "table_open_cache_instances"}
"""Some of those that a running server does not take."""
INSIGHTS = {
    "enable_performance_insights": "performance_insights_enabled",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
    "database_insights_mode": "database_insights_mode",
}
"""Argument to what describes it."""

moto_make_instance = DBInstance.__init__
moto_make_cluster = DBCluster.__init__
moto_update_instance = DBInstance.update
moto_scaling: Any = DBCluster.scaling_configuration_info
moto_modify_cluster = RDSBackend.modify_db_cluster
moto_modify_subnet_group = RDSBackend.modify_db_subnet_group
moto_update_group = RDSBackend.modify_db_parameter_group
moto_update_cluster_group = RDSBackend.modify_db_cluster_parameter_group
moto_delete_group = RDSBackend.delete_db_parameter_group
moto_delete_cluster_group = RDSBackend.delete_db_cluster_parameter_group


def make_instance(self: DBInstance, backend: RDSBackend, **given: Any) -> None:
    """Each instance with an id of its own, on the newest patch, and with what is measured of it."""
    engine, version = given.get("engine"), given.get("engine_version")
    given["engine_version"] = NEWEST.get((str(engine), str(version)), version)
    moto_make_instance(self, backend, **given)
    self.dbi_resource_id = f"db-{mock_random.get_random_hex(26).upper()}"
    if self.ca_certificate_identifier == "rds-ca-default":
        self.ca_certificate_identifier = "rds-ca-rsa2048-g1"  # otherwise the provider changes it once more: 80 s
    keep_insights(self, given)
    if not isinstance(self, DBInstanceClustered):
        check_family(backend.db_parameter_groups, given.get("db_parameter_group_name"), self)


def make_cluster(self: DBCluster, backend: RDSBackend, **given: Any) -> None:
    """The same for clusters."""
    engine, version = given.get("engine"), given.get("engine_version")
    given["engine_version"] = NEWEST.get((str(engine), str(version)), version)
    moto_make_cluster(self, backend, **given)
    check_family(backend.db_cluster_parameter_groups, given.get("db_cluster_parameter_group_name"), self)


def scaling_of(cluster: Any) -> dict[str, Any] | None:
    """Only a cluster of Aurora Serverless v1 has one; of any other, moto describes an empty one."""
    return moto_scaling.fget(cluster) if cluster.scaling_configuration else None


def update_instance(self: DBInstance, **given: Any) -> None:
    """A new track with its newest patch."""
    version = given.get("engine_version")
    given["engine_version"] = NEWEST.get((self.engine, str(version)), version)
    moto_update_instance(self, **given)
    keep_insights(self, given)
    check_family(self.backend.db_parameter_groups, self.db_parameter_group_name, self)


def modify_db_cluster(self: RDSBackend, kwargs: dict[str, Any]) -> DBCluster:
    """The same for clusters."""
    cluster = self.clusters[kwargs["db_cluster_identifier"]]
    version = kwargs.get("engine_version")
    kwargs["engine_version"] = NEWEST.get((cluster.engine, str(version)), version)
    changed = moto_modify_cluster(self, kwargs)
    check_family(self.db_cluster_parameter_groups, changed.parameter_group, changed)
    return changed


def keep_insights(database: Any, given: dict[str, Any]) -> None:
    """Settings of Performance Insights."""
    for argument, attribute in INSIGHTS.items():
        if given.get(argument) is not None:
            setattr(database, attribute, given[argument])


def check_family(groups: Mapping[str, Any], name: str | None, database: Any) -> None:
    """AWS refuses a group of another version's family."""
    if name is None or name not in groups:
        return
    group = groups[name]
    family = getattr(group, "family", None) or group.db_parameter_group_family
    engine, track = FAMILIES[family]
    if database.engine != engine or not database.engine_version.startswith(f"{track}."):
        raise RDSClientError(
            "InvalidParameterCombination",
            f"The parameter group {name} with family {family} can't be used for {database.engine} {database.engine_version}.",
        )


def check_methods(parameters: Any) -> None:
    """AWS refuses to apply at once what a running server does not take."""
    for parameter in parameters:
        if parameter["ParameterName"] in STATIC and parameter["ApplyMethod"] == "immediate":
            raise RDSClientError(
                "InvalidParameterCombination", "cannot use immediate apply method for static parameter"
            )


def modify_db_parameter_group(self: RDSBackend, name: str, parameters: Any) -> Any:
    """Refuse what AWS refuses."""
    check_methods(parameters)
    return moto_update_group(self, name, parameters)


def modify_db_cluster_parameter_group(self: RDSBackend, name: str, parameters: Any) -> Any:
    """Refuse what AWS refuses."""
    check_methods(parameters)
    return moto_update_cluster_group(
        self, db_cluster_parameter_group_name=name, db_cluster_parameter_group_parameters=parameters
    )


def delete_db_parameter_group(self: RDSBackend, name: str) -> Any:
    """AWS keeps a group that a database uses."""
    if any(database.db_parameter_group_name == name for database in self.databases.values()):
        raise RDSClientError("InvalidDBParameterGroupState", f"One or more database instances are using {name}.")
    return moto_delete_group(self, name)


def delete_db_cluster_parameter_group(self: RDSBackend, db_cluster_parameter_group_name: str) -> Any:
    """The same for clusters."""
    name = db_cluster_parameter_group_name
    if any(cluster.parameter_group == name for cluster in self.clusters.values()):
        raise RDSClientError("InvalidDBParameterGroupState", f"One or more DB clusters are using {name}.")
    return moto_delete_cluster_group(self, name)


def described(parameters: Any) -> ActionResult:
    """All that moto has are set by the user, and say so; the provider reads only those."""
    return ActionResult({"Parameters": [{**parameter, "Source": "user"} for parameter in parameters]})


def describe_db_parameters(self: RDSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBParameters.html."""
    return described(self.backend.db_parameter_groups[self.params["DBParameterGroupName"]].parameters.values())


def describe_db_cluster_parameters(self: RDSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusterParameters.html."""
    return described(
        self.backend.db_cluster_parameter_groups[self.params["DBClusterParameterGroupName"]].parameters.values()
    )


def modify_db_subnet_group(self: RDSBackend, subnet_name: str, description: str, subnets: list[Any]) -> Any:
    """Keep the group, which moto forgets."""
    group = moto_modify_subnet_group(self, subnet_name, description, subnets)
    self.subnet_groups[subnet_name] = group
    return group


def install() -> None:
    """Put the repairs into moto."""
    for cls, operations in (
        (RDSResponse, (describe_db_parameters, describe_db_cluster_parameters)),
        (
            RDSBackend,
            (
                modify_db_cluster,
                modify_db_subnet_group,
                modify_db_parameter_group,
                modify_db_cluster_parameter_group,
                delete_db_parameter_group,
                delete_db_cluster_parameter_group,
            ),
        ),
    ):
        for operation in operations:
            setattr(cls, operation.__name__, operation)
    for model, name, repair in (
        (DBInstance, "__init__", make_instance),
        (DBCluster, "__init__", make_cluster),
        (DBInstance, "update", update_instance),
        (DBCluster, "scaling_configuration_info", property(scaling_of)),
    ):
        setattr(model, name, repair)
