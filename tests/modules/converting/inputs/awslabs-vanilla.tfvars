cluster_name   = "ML_Platform"
cluster_region = "us-east-2"
eks_version    = "1.25"

node_instance_type     = "m5.2xlarge"
node_instance_type_gpu = "g4dn.xlarge"
node_disk_size_cpu     = 80
node_disk_size_gpu     = "120"

notebook_enable_culling        = true
notebook_cull_idle_time        = 60
notebook_idleness_check_period = 5

enable_aws_telemetry = false
