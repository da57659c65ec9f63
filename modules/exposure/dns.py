"""The DNS zone of the hosts: created or existing, in this account or another."""

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
"""TTL of the NS record: a recreated zone has other name servers, which resolvers use after an hour."""


class Zone(Construct):
    """A Route 53 zone and the platform's records in it.

    Args:
        settings: zone settings.
        hosts: names that must be in the zone.
        public: whether a certificate is validated in it, which a private zone cannot.
        provider: provider of the account of an existing zone or parent zone; None: this account.
        protect: prevent destruction of a created zone: a new one has other name servers.
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
        """Name servers of a created zone (token)."""
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
            CKV2_AWS_38="DNSSEC requires a manual record at the parent and a key in us-east-1; a wrong signature makes the zone unavailable.",
            CKV2_AWS_39="DNS query logs add nothing to the load balancer's access log.",
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
                error_message=f"kubeflow.exposure.zone: {host} is not in the zone {settings.zone_id}; set another zone or host.",
            )
            for host in hosts
        ]
        if public:
            checks.append(
                Postcondition(
                    condition="${!self.private_zone}",
                    error_message=f"kubeflow.exposure.zone: {settings.zone_id} is private, and ACM validates certificates only by public "
                    "records; set a public zone, or certificate_arn.",
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
        """Alias records of each host. The load balancer has only IPv4 addresses, so there are no AAAA records.

        Args:
            balancer: `dns_name` and `zone_id` of the load balancer (tokens).
            hosts: names, optionally with a leading `*`, which DNS matches with any number of labels.
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
        """ACM validation record of a name; known once the certificate is requested.

        Selected by name, not by index: adding a name would change indexes and replace records.

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
                # ACM uses the same record for all certificates of one name and account, so it may already exist.
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
