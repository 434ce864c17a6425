"""Judges of manifests that are not ours: a real API server, and kubectl-validate."""
