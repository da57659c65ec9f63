"""`make take-over`: read a VPC and a cluster from AWS, and write what `Platform.adopted` takes over. Nothing is changed."""
