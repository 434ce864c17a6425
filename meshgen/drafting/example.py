"""The example that teaches: each line says what it does and why, and what could stand there instead."""

from __future__ import annotations

EXAMPLE = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata:
  name: <name> # what it is a part of, as a label of every object
  namespace: <namespace> # where all its services live
  annotations:
    config.kubernetes.io/local-config: "true" # no cluster knows this kind, so nothing may apply it
spec:
  # Pods admit mTLS alone, and refuse plaintext.
  mtls: {mode: strict}
  # Nobody may call a service but those whom it names.
  authorization: {default: deny}
  # What a service gets that says nothing of it.
  #defaults: {timeout: 15s}
  services:
    web: # the name of a Service
      port: 8080 # of the Service; it speaks http unless protocol says grpc, http2, tcp or tls
      # The container listens on another port than the Service.
      #targetPort: 9090
      selector: {app: web} # labels of its pods
      serviceAccount: web # identity of its pods, by which others let them in
      # These may call it, and nobody else.
      callers:
        - serviceAccount: ingress/gateway # namespace/name of a caller that stands in no intent
    api:
      port: 8080
      selector: {app: api}
      serviceAccount: api
      # Two versions, told apart by the label version of their pods; 10 % of requests try the new one.
      #versions: {v1: {}, v2: {}}
      #split: {v1: 90, v2: 10}
      # What matches goes its own way; the first route that matches decides.
      #routes: [{name: reports, match: [{paths: [{prefix: /reports}]}], timeout: 60s}]
      # The whole request takes no longer, tries included; without it each mesh does as it likes.
      timeout: 10s
      # How often an answer of 500 to 599 is tried again. No mesh tries again with: retries: none
      #retries: {attempts: 2, retryOn: [5xx]}
      # An instance that fails five times in a row is left out for a while.
      #outlierDetection: {consecutive5xx: 5}
      # Which instance gets a request.
      #loadBalancing: {policy: round-robin}
      # What the service is told of every request.
      #headers: {request: {set: {x-from: mesh}}}
      callers: [web]
"""
