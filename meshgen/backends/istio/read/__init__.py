"""Manifests of Istio as proxies read them: names completed, defaults filled in."""
