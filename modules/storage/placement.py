"""Network placement and security groups of file systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf import TerraformLocal
from cdktf_cdktf_provider_aws.data_aws_subnet import DataAwsSubnet
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.naming import addressed, aws_name


@dataclass(frozen=True)
class NetworkPlacement:
    """A network, and the clients in it that mount file systems."""

    vpc_id: str
    """VPC id; may be a token."""
    subnet_ids_by_zone: str
    """Zone name to the ids of its private subnets: a Terraform expression, without `${}`, known at plan."""
    zones: Sequence[str]
    """The zones; empty if known only at plan."""
    clients: Mapping[str, str]
    """Client to security group id: `nodes`, and `cluster_group` for the cluster security group."""
    clients_are_ours: bool = True
    """Whether rules can be added to the clients' security groups."""

    def subnet_in(self, zone: str | None) -> str:
        """Id of a private subnet in a zone (reference); None: the first zone by name."""
        zone_of_map = f'{self.subnet_ids_by_zone}["{zone}"]' if zone else f"values({self.subnet_ids_by_zone})[0]"
        return f"${{{zone_of_map}[0]}}"

    @property
    def one_of_each_zone(self) -> str:
        """Zone name to the id of one private subnet in it, for `for_each` (token)."""
        return f"${{{{ for zone, ids in {self.subnet_ids_by_zone} : zone => ids[0] }}}}"


class ExistingSubnets(Construct):
    """Zones of subnets given by id, as for an existing cluster: `data.aws_subnet.private`.

    Args:
        subnet_ids: ids, or a token of `list(string)`, known at plan.
    """

    def __init__(self, scope: Construct, id_: str, *, subnet_ids: Sequence[str]) -> None:
        super().__init__(scope, id_)
        ids = addressed("private_subnet_ids", TerraformLocal(self, "ids", list(subnet_ids)))
        subnets = DataAwsSubnet(self, "private", id="${each.value}")
        subnets.add_override("for_each", f"${{toset({ids.fqn})}}")
        addressed("private", subnets)
        by_zone = f"${{{{ for subnet in {subnets.fqn} : subnet.availability_zone => subnet.id... }}}}"
        addressed("private_subnet_ids_by_zone", TerraformLocal(self, "by-zone", by_zone))

    ids_by_zone = "local.private_subnet_ids_by_zone"
    """Expression of `map(list(string))`."""


@dataclass(frozen=True)
class Ports:
    """TCP port range and its purpose."""

    first: int
    last: int
    reason: str
    """Description of the rule; AWS does not allow an apostrophe."""


class FileSystemGroup(Construct):
    """Security group of a file system; only clients can connect to its ports.

    Args:
        name: suffix of the security group name, and Terraform name.
        description: description of the security group.
        platform_name: prefix of the security group name.
        placement: network placement.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        description: str,
        platform_name: str,
        placement: NetworkPlacement,
    ) -> None:
        super().__init__(scope, id_)
        self.name = name
        full_name = aws_name(platform_name, name)
        group = addressed(
            name,
            SecurityGroup(
                self,
                "group",
                name=full_name,
                vpc_id=placement.vpc_id,
                description=description,
                tags={"Name": full_name},
            ),
        )
        self.id = group.id

    def allow_ingress(self, who: str, group_id: str, ports: Ports) -> None:
        """Ingress from a security group."""
        name = f"{who}_to_{self.name}_{ports.first}"
        addressed(name, VpcSecurityGroupIngressRule(self, f"in-{name}", **self._rule(self.id, group_id, ports)))

    def let_out(self, who: str, group_id: str, ports: Ports) -> None:
        """Egress to a security group."""
        name = f"{self.name}_to_{who}_{ports.first}"
        addressed(name, VpcSecurityGroupEgressRule(self, f"out-{name}", **self._rule(self.id, group_id, ports)))

    def reach(self, who: str, group_id: str, ports: Ports) -> None:
        """Ingress at another security group from this one."""
        name = f"{self.name}_to_{who}_{ports.first}"
        addressed(name, VpcSecurityGroupIngressRule(self, f"at-{name}", **self._rule(group_id, self.id, ports)))

    @staticmethod
    def _rule(group_id: str, other_id: str, ports: Ports) -> dict[str, Any]:
        return {
            "security_group_id": group_id,
            "referenced_security_group_id": other_id,
            "ip_protocol": "tcp",
            "from_port": ports.first,
            "to_port": ports.last,
            "description": ports.reason,
        }
