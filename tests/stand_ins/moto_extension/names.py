"""Names of AWS that the stand-in knows requests by."""

import re

ACCOUNT = "123456789012"
"""The account that moto answers for."""

BOTOCORE_NAMES = {
    "aps": "amp",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "email": "ses",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
}
"""The name that a request is signed with, where botocore calls the service otherwise."""

SIGNED = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
