"""Proof that manifests are what upstream's CRDs and admission webhooks accept."""

from __future__ import annotations

from .proof import Finding, Proof, check

__all__ = ["Finding", "Proof", "check"]
