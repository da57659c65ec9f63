"""What holds files, artifacts and images: buckets, file systems, repositories."""
