"""Kinds of findings of the section Cost."""

from modules.checks.finding import Kind

NO_PRICE = Kind(
    "COST001",
    "warning",
    "Items without a price",
    "AWS gave no price: credentials are missing or expired, a permission (`pricing:GetProducts`, `ec2:DescribeSpotPriceHistory`) is missing, "
    "requests are throttled, or no single product matches. These items are not part of any sum.",
    "do what the reason says, and run the command again",
)
BY_USE = Kind(
    "COST101",
    "not checked",
    "Costs that depend on use",
    "What is stored or sent is not guessed: data through NAT gateways, load balancers and between zones, requests, logs, backups and "
    "snapshots, storage of S3, EFS and Aurora, and volumes of official charts and users. The table has the price for a GiB where there is one. The OS disk of "
    "Bottlerocket, and IOPS and throughput beyond those that a volume includes, are not counted either.",
)
OTHER_NODES = Kind(
    "COST102",
    "not checked",
    "Nodes without a price by the hour",
    "Instances of Karpenter and EKS Auto Mode, with the fee of Auto Mode, pods on Fargate, and capacity blocks, which are paid in advance.",
)
DISCOUNTS = Kind(
    "COST103",
    "not checked",
    "Discounts and taxes",
    "Prices are list prices, on demand: savings plans, reservations, private agreements, the free tier, support and taxes are not part of "
    "them. A spot price changes at any time; the highest of the region's zones counts.",
)
OTHER_SERVICES = Kind(
    "COST104",
    "not checked",
    "Other services",
    "Services of the platform whose price is for use alone or that are not in the list of items, such as WAF, Cognito, Managed "
    "Prometheus, CloudWatch and ECR; existing resources are not counted.",
)
KINDS = (NO_PRICE, BY_USE, OTHER_NODES, DISCOUNTS, OTHER_SERVICES)
