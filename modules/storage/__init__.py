"""Storage for files, artifacts and images: buckets, file systems, repositories."""
