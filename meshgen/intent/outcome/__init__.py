"""Outcomes: what becomes of a request, in words that no mesh owns."""
