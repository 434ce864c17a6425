"""Linkerd's objects, and what Linkerd reads of others', as values."""
