"""Tests of `modules/sign_in`."""
