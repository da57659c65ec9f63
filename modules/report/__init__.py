"""Reports of `check`: one HTML file without network, and Markdown for a comment."""
