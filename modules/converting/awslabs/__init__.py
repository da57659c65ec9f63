"""Variables of the Terraform deployments of awslabs/kubeflow-manifests."""
