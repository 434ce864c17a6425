"""meshgen: one mesh-neutral intent, translated to Istio, Linkerd or Consul without silent loss."""

__version__ = "0.1.0"
