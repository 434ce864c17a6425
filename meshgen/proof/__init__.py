"""Proof: two sides asked about the same requests, as many as can tell them apart."""
