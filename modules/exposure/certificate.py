"""The certificate of the hosts, proven to ACM by records in Route 53."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate
from cdktf_cdktf_provider_aws.acm_certificate_validation import (
    AcmCertificateValidation,
    AcmCertificateValidationTimeouts,
)
from constructs import Construct

from modules.exposure.dns import Zone
from modules.naming import addressed
from modules.security_scan import accepted


class Certificate(Construct):
    """A certificate that is renewed by ACM for as long as its records stand.

    Args:
        hosts: names that it covers, see `hosts.py`.
        zone: where its records are made.
        validation_minutes: how long an apply waits for ACM to see them.

    Source: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, hosts: tuple[str, ...], zone: Zone, validation_minutes: int
    ) -> None:
        super().__init__(scope, id_)
        first, *others = hosts
        certificate = addressed(
            "hosts",
            AcmCertificate(
                self,
                "certificate",
                domain_name=first,
                subject_alternative_names=others or None,
                validation_method="DNS",
                # A listener holds the old one until it has the new one.
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            ),
        )
        if any(host.startswith("*.") for host in hosts):
            accepted(
                certificate,
                CKV2_AWS_71="Models come and go by the hour, each with a host of its own in a domain for them alone.",
            )
        # `a.example.com` and `*.a.example.com` are proven by one record.
        proven = {host.removeprefix("*."): host for host in reversed(hosts)}
        records = [
            zone.prove(host, f"aws_acm_certificate.{certificate.friendly_unique_id}") for host in proven.values()
        ]
        self.arn = addressed(
            "hosts",
            AcmCertificateValidation(
                self,
                "validation",
                certificate_arn=certificate.arn,
                validation_record_fqdns=[record.fqdn for record in reversed(records)],
                timeouts=AcmCertificateValidationTimeouts(create=f"{validation_minutes}m"),
            ),
        ).certificate_arn
        """ARN of the certificate once it is issued (token)."""
