"""The DNS zone of the hosts: made here, or there already, in this account or another."""

from collections.abc import Mapping

from cdktf import Postcondition, TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktf_cdktf_provider_aws.route53_record import Route53Record, Route53RecordAlias
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone
from constructs import Construct

from modules.naming import addressed, slug
from modules.security_scan import accepted
from modules.settings.exposure import ExistingZone, HostedZone

DELEGATION_SECONDS = 3600
"""Time to live of the NS record: a zone that is made again has other name servers, which are seen an hour later."""


class Zone(Construct):
    """A Route 53 zone and the records that the platform needs in it.

    Args:
        settings: which zone.
        hosts: names that must lie in it.
        public: whether a certificate is validated in it, which a private zone cannot.
        provider: provider of the other account that an existing zone or a parent zone is in; None: it is in this one.
        protect: refuse to destroy a zone made here: the next one has other name servers.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: HostedZone | ExistingZone,
        hosts: tuple[str, ...],
        public: bool,
        provider: TerraformProvider | None,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        self.name_servers: list[str] = []
        """Servers of a zone made here (token)."""
        self._records_provider = provider if isinstance(settings, ExistingZone) else None
        if isinstance(settings, HostedZone):
            self.id = self._made(settings, provider, protect)
        else:
            self.id = self._found(settings, hosts, public)

    def _made(self, settings: HostedZone, provider: TerraformProvider | None, protect: bool) -> str:
        zone = addressed(
            "hosts",
            Route53Zone(
                self,
                "zone",
                name=settings.name,
                comment="Hosts of Kubeflow",
                lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
            ),
        )
        accepted(
            zone,
            CKV2_AWS_38="DNSSEC needs a record at the parent by hand, and a key in us-east-1; what is signed wrongly is not found at all.",
            CKV2_AWS_39="Queries of its few public names tell nothing that the load balancer's access log does not.",
        )
        self.name_servers = zone.name_servers
        if settings.parent_zone_id is not None:
            addressed(
                "delegation",
                Route53Record(
                    self,
                    "delegation",
                    zone_id=settings.parent_zone_id,
                    name=settings.name,
                    type="NS",
                    ttl=DELEGATION_SECONDS,
                    records=zone.name_servers,
                    provider=provider,
                ),
            )
        return zone.zone_id

    def _found(self, settings: ExistingZone, hosts: tuple[str, ...], public: bool) -> str:
        name = 'trimsuffix(self.name, ".")'
        checks = [
            Postcondition(
                condition=f'${{{name} == "{bare(host)}" || endswith("{bare(host)}", ".${{{name}}}")}}',
                error_message=f"kubeflow.exposure.zone: {host} is not in the zone {settings.zone_id}; give another zone or host.",
            )
            for host in hosts
        ]
        if public:
            checks.append(
                Postcondition(
                    condition="${!self.private_zone}",
                    error_message=f"kubeflow.exposure.zone: {settings.zone_id} is private, and ACM validates a certificate by public "
                    "records only; give a public zone, or certificate_arn.",
                )
            )
        found = addressed(
            "hosts",
            DataAwsRoute53Zone(
                self,
                "zone",
                zone_id=settings.zone_id,
                provider=self._records_provider,
                lifecycle=TerraformResourceLifecycle(postcondition=checks),
            ),
        )
        return found.zone_id

    def lead_to(self, balancer: Mapping[str, str], hosts: tuple[str, ...]) -> None:
        """Records that lead each host to the load balancer. It has IPv4 addresses only, so there are no AAAA records.

        Args:
            balancer: `dns_name` and `zone_id` of the load balancer (tokens).
            hosts: names, also with a `*` in front, which DNS takes for any number of labels.
        """
        for host in hosts:
            addressed(
                address(host),
                Route53Record(
                    self,
                    f"host-{host}",
                    zone_id=self.id,
                    name=host,
                    type="A",
                    alias=Route53RecordAlias(
                        name=balancer["dns_name"], zone_id=balancer["zone_id"], evaluate_target_health=False
                    ),
                    provider=self._records_provider,
                ),
            )

    def prove(self, host: str, certificate: str) -> Route53Record:
        """The record by which ACM sees that a name is ours; known when the certificate has been asked for.

        By the name and not by its place among several: were a name added, places would change, and records be replaced.

        Args:
            host: name in the certificate.
            certificate: Terraform address of the certificate.
        """

        def option(field: str) -> str:
            return f'${{one([for option in {certificate}.domain_validation_options : option.{field} if option.domain_name == "{host}"])}}'

        return addressed(
            f"proof_{address(host)}",
            Route53Record(
                self,
                f"proof-{host}",
                zone_id=self.id,
                name=option("resource_record_name"),
                type=option("resource_record_type"),
                records=[option("resource_record_value")],
                ttl=60,
                # ACM gives every certificate of one account for one name the same record, so it may be there already.
                allow_overwrite=True,
                provider=self._records_provider,
            ),
        )


def bare(host: str) -> str:
    """The name without a wildcard."""
    return host.removeprefix("*.")


def address(host: str) -> str:
    """Part of a Terraform address: `any_models_example_com`."""
    return slug(host.replace("*.", "any."))
