"""Certificates for tests."""

from sandbox.certificates import Authority, Certificate

__all__ = ["Authority", "Certificate"]
