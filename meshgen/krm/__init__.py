"""What functions and plugins of kustomize and kpt are called with, and what they answer."""
