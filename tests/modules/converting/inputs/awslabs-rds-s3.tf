# declarations of one's own fork, with defaults
variable "cluster_name" {
  description = "name of the cluster"
  type        = string
  default     = "ml"
  validation {
    condition     = length(var.cluster_name) < 20
    error_message = "up to 19 characters"
  }
}

variable "cluster_region" {
  type    = string
  default = "us-west-2"
}

variable "use_rds" {
  type    = bool
  default = false
}

variable "db_class" {
  type    = string
  default = "db.m5.large"
}

variable "use_s3" {
  type    = bool
  default = false
}

variable "node_instance_type_gpu" {
  type    = string
  default = null
}

variable "minio_aws_secret_access_key" {
  type      = string
  default   = "open-sesame-8"
  sensitive = true
}
