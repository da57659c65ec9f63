"""Certificates in the cluster, proven by DNS records."""

from modules.settings.connectors import HttpsUrl
from modules.settings.section import Section
from modules.settings.types import DomainName, Email, NodeName, ZoneId

LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"


class Dns01Issuer(Section):
    """A ClusterIssuer of cert-manager: certificates by ACME, proven by records in a Route 53 zone (DNS01).

    It works for names that the internet cannot reach, and for wildcards.
    """

    zone_id: ZoneId
    """Public Route 53 zone, in the platform's account, in which cert-manager writes TXT records."""
    domain: DomainName
    """Domain of the certificates: itself and all names below it. It is the domain of the zone, or one below that."""
    email: Email | None = None
    """Contact of the ACME account. None: no contact, which Let's Encrypt does not require."""
    server: HttpsUrl = LETS_ENCRYPT
    """Directory of the ACME server. The default is Let's Encrypt; its staging directory,
    https://acme-staging-v02.api.letsencrypt.org/directory, has higher limits for trials and issues untrusted certificates.
    """
    name: NodeName = "dns01"
    """Name of the ClusterIssuer, which the issuerRef of a Certificate names."""
