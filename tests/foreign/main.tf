# A VPC and a cluster as somebody else made them, before this project was there: the shape of the widespread
# modules for VPC and EKS, flattened, with the nodes' rules inside of the security group. Nothing here suits us on purpose.

terraform {
  required_version = ">= 1.11.0"
}

provider "aws" {
  region            = "us-west-2"
  s3_use_path_style = true
  max_retries       = 3
  default_tags { tags = { Environment = "legacy", Terraform = "true" } }
}

variable "inline_node_rules" {
  description = "Whether the nodes' rules stand inside of their group, or as resources of their own."
  type        = bool
  default     = true
}

variable "node_ports" {
  description = "Ports of the nodes that the control plane reaches."
  type        = list(number)
  default     = [443, 4443, 6443, 8443, 9443, 10250]
}

variable "database" {
  description = "Whether there is a database, too."
  type        = bool
  default     = false
}

locals {
  zones = ["us-west-2a", "us-west-2b", "us-west-2c"]
  name  = "legacy"
}

data "aws_caller_identity" "current" {}

# --- VPC

resource "aws_vpc" "this" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = local.name }
}

resource "aws_subnet" "private" {
  count             = 3
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet("10.20.0.0/16", 4, count.index)
  availability_zone = local.zones[count.index]
  tags = {
    Name                              = "${local.name}-private-${local.zones[count.index]}"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_subnet" "public" {
  count             = 3
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet("10.20.0.0/16", 8, 48 + count.index)
  availability_zone = local.zones[count.index]
  tags = {
    Name                     = "${local.name}-public-${local.zones[count.index]}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = local.name }
}

resource "aws_eip" "nat" {
  domain = "vpc"
  tags   = { Name = "${local.name}-us-west-2a" }
}

resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public[0].id
  tags          = { Name = "${local.name}-us-west-2a" }
  depends_on    = [aws_internet_gateway.this]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${local.name}-public" }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  count          = 3
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${local.name}-private" }
}

resource "aws_route" "private" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this.id
}

resource "aws_route_table_association" "private" {
  count          = 3
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${local.name}-default" }
}

resource "aws_default_network_acl" "this" {
  default_network_acl_id = aws_vpc.this.default_network_acl_id
  subnet_ids             = concat(aws_subnet.private[*].id, aws_subnet.public[*].id)
  tags                   = { Name = "${local.name}-default" }
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }
}

# --- security groups: one beside the group that EKS makes, one of the nodes

resource "aws_security_group" "cluster" {
  name        = "${local.name}-cluster"
  description = "EKS cluster security group"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${local.name}-cluster" }
}

resource "aws_security_group" "node" {
  name        = "${local.name}-node"
  description = "EKS node shared security group"
  vpc_id      = aws_vpc.this.id
  tags = {
    Name                                  = "${local.name}-node"
    "kubernetes.io/cluster/${local.name}" = "owned"
  }

  dynamic "ingress" {
    for_each = var.inline_node_rules ? var.node_ports : []
    content {
      description     = "Cluster API to node ${ingress.value}/tcp"
      protocol        = "tcp"
      from_port       = ingress.value
      to_port         = ingress.value
      security_groups = [aws_security_group.cluster.id]
    }
  }
  dynamic "ingress" {
    for_each = var.inline_node_rules ? [1] : []
    content {
      description = "Node to node"
      protocol    = "-1"
      from_port   = 0
      to_port     = 0
      self        = true
    }
  }
  dynamic "egress" {
    for_each = var.inline_node_rules ? [1] : []
    content {
      description = "Allow all egress"
      protocol    = "-1"
      from_port   = 0
      to_port     = 0
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_security_group_rule" "node" {
  for_each                 = toset([for port in var.node_ports : tostring(port) if !var.inline_node_rules])
  security_group_id        = aws_security_group.node.id
  description              = "Cluster API to node ${each.value}/tcp"
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = tonumber(each.value)
  to_port                  = tonumber(each.value)
  source_security_group_id = aws_security_group.cluster.id
}

# --- IAM

data "aws_iam_policy_document" "cluster_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "cluster" {
  name               = "${local.name}-cluster-20240101"
  assume_role_policy = data.aws_iam_policy_document.cluster_trust.json
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

data "aws_iam_policy_document" "node_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "node" {
  name               = "workers-eks-node-group-20240101"
  assume_role_policy = data.aws_iam_policy_document.node_trust.json
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each   = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy"])
  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

# --- EKS

resource "aws_eks_cluster" "this" {
  name                          = local.name
  role_arn                      = aws_iam_role.cluster.arn
  version                       = "1.34"
  enabled_cluster_log_types     = ["api", "audit", "authenticator"]
  bootstrap_self_managed_addons = true

  encryption_config {
    provider { key_arn = aws_kms_key.cluster.arn }
    resources = ["secrets"]
  }

  access_config {
    authentication_mode                         = "API_AND_CONFIG_MAP"
    bootstrap_cluster_creator_admin_permissions = true
  }

  vpc_config {
    subnet_ids              = aws_subnet.private[*].id
    security_group_ids      = [aws_security_group.cluster.id]
    endpoint_private_access = true
    endpoint_public_access  = true
    public_access_cidrs     = ["0.0.0.0/0"]
  }

  depends_on = [aws_iam_role_policy_attachment.cluster, aws_cloudwatch_log_group.cluster]
}

resource "aws_kms_key" "cluster" {
  description         = "${local.name} cluster encryption key"
  enable_key_rotation = true
}

resource "aws_cloudwatch_log_group" "cluster" {
  name              = "/aws/eks/${local.name}/cluster"
  retention_in_days = 90
}

resource "aws_iam_openid_connect_provider" "this" {
  url            = aws_eks_cluster.this.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
  tags           = { Name = "${local.name}-eks-irsa" }
}

resource "aws_launch_template" "workers" {
  name_prefix            = "workers-"
  vpc_security_group_ids = [aws_security_group.node.id]
  update_default_version = true

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 80
      volume_type = "gp3"
      encrypted   = "true"
    }
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }

  monitoring { enabled = true }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "network-interface", "volume"])
    content {
      resource_type = tag_specifications.value
      tags          = { Name = "workers" }
    }
  }
}

resource "aws_eks_node_group" "workers" {
  cluster_name           = aws_eks_cluster.this.name
  node_group_name_prefix = "workers-"
  node_role_arn          = aws_iam_role.node.arn
  subnet_ids             = aws_subnet.private[*].id
  ami_type               = "AL2023_x86_64_STANDARD"
  instance_types         = ["m5.2xlarge"]
  version                = aws_eks_cluster.this.version

  launch_template {
    id      = aws_launch_template.workers.id
    version = aws_launch_template.workers.default_version
  }

  scaling_config {
    min_size     = 1
    desired_size = 3
    max_size     = 6
  }

  update_config { max_unavailable_percentage = 33 }
  labels     = { role = "worker" }
  depends_on = [aws_iam_role_policy_attachment.node]
  lifecycle { ignore_changes = [scaling_config[0].desired_size] }
}

resource "aws_eks_addon" "this" {
  for_each                    = toset(["vpc-cni", "kube-proxy", "coredns"])
  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.value
  resolve_conflicts_on_update = "PRESERVE"
  depends_on                  = [aws_eks_node_group.workers]
}

resource "aws_eks_access_entry" "admins" {
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/platform-admins"
  type          = "STANDARD"
}

resource "aws_eks_access_policy_association" "admins" {
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.admins.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
  access_scope { type = "cluster" }
}

# --- what else a company has already

resource "aws_s3_bucket" "data" {
  bucket = "legacy-ml-data"
}

resource "aws_route53_zone" "this" {
  name = "legacy.example.org"
}

resource "aws_cognito_user_pool" "people" {
  name = "legacy-people"
}

resource "aws_cognito_user_pool_client" "kubeflow" {
  name                                 = "kubeflow"
  user_pool_id                         = aws_cognito_user_pool.people.id
  generate_secret                      = false
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["openid", "email", "profile"]
  callback_urls                        = ["http://localhost:8080/oauth2/callback"]
  supported_identity_providers         = ["COGNITO"]
}

resource "aws_db_subnet_group" "this" {
  count      = var.database ? 1 : 0
  name       = "legacy"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_security_group" "database" {
  name        = "legacy-database"
  description = "MySQL"
  vpc_id      = aws_vpc.this.id

  ingress {
    description     = "MySQL from nodes"
    protocol        = "tcp"
    from_port       = 3306
    to_port         = 3306
    security_groups = [aws_security_group.node.id]
  }
}

resource "aws_db_instance" "this" {
  count                       = var.database ? 1 : 0
  identifier                  = "legacy"
  engine                      = "mysql"
  engine_version              = "8.0"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 20
  username                    = "legacy"
  manage_master_user_password = true
  db_subnet_group_name        = aws_db_subnet_group.this[0].name
  vpc_security_group_ids      = [aws_security_group.database.id]
  skip_final_snapshot         = true
}

output "node_security_group_id" {
  value = aws_security_group.node.id
}

output "private_subnet_ids" {
  value = aws_subnet.private[*].id
}

output "public_subnet_ids" {
  value = aws_subnet.public[*].id
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "bucket" {
  value = aws_s3_bucket.data.bucket
}

output "zone_id" {
  value = aws_route53_zone.this.zone_id
}

output "user_pool_id" {
  value = aws_cognito_user_pool.people.id
}

output "user_pool_client_id" {
  value = aws_cognito_user_pool_client.kubeflow.id
}
