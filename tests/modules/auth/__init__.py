"""Tests of `modules/auth`."""
