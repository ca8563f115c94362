"""Webhooks: verified, read, told apart."""
