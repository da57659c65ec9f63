"""ACM certificate of the hosts, validated by Route 53 records."""

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
    """A certificate renewed by ACM as long as its validation records exist.

    Args:
        hosts: covered names, see `hosts.py`.
        zone: zone of its records.
        validation_minutes: timeout of the validation.

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
                # A listener uses the old certificate until it has the new one.
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            ),
        )
        if any(host.startswith("*.") for host in hosts):
            accepted(
                certificate,
                CKV2_AWS_71="Models change frequently, each with its own host in a dedicated domain.",
            )
        # `a.example.com` and `*.a.example.com` are validated by one record.
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
