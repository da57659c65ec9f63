"""Whether the pods of a platform find room on its nodes."""
