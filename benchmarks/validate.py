"""What judging manifests costs: how it grows with their number, and how it compares with kubectl-validate.

Every figure is a ratio of two measurements of one run, since machines are noisy; the exit code says whether
the ratios hold: 1,000 different objects of Istio cost at most a tenth of the CPU time that kubectl-validate
takes for the same files, and 10,000 objects at most 12 times as much as 1,000.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 3
SMALL, LARGE = 1_000, 10_000
MOST_GROWTH, MOST_OF_KUBECTL_VALIDATE = 12.0, 0.1
DEFINITIONS = Path("crds", "istio", "1.30")  # below $MESHGEN_SHARED

_KINDS = {
    "virtual-services": """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web-%(number)d, namespace: shop}
spec:
  hosts: [web-%(number)d]
  http:
    - name: testers
      match:
        - uri: {prefix: /items-%(number)d}
          headers: {x-tester: {exact: "yes"}, x-release: {regex: "v%(number)d[.][0-9]+"}}
      rewrite: {uri: /}
      route: [{destination: {host: web-%(number)d, subset: v2, port: {number: 8080}}}]
    - timeout: %(seconds)ds
      retries: {attempts: 2, perTryTimeout: 1s, retryOn: "5xx,reset"}
      fault: {delay: {percentage: {value: 1.5}, fixedDelay: 100ms}}
      route:
        - {destination: {host: web-%(number)d, subset: v1, port: {number: 8080}}, weight: %(percent)d}
        - {destination: {host: web-%(number)d, subset: v2, port: {number: 8080}}, weight: 100}
""",
    "destination-rules": """\
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web-%(number)d, namespace: shop}
spec:
  host: web-%(number)d
  trafficPolicy:
    tls: {mode: ISTIO_MUTUAL}
    connectionPool: {tcp: {maxConnections: %(number)d, connectTimeout: %(seconds)ds}}
    loadBalancer: {simple: LEAST_REQUEST, warmup: {duration: %(seconds)ds, minimumPercent: %(percent)d}}
    outlierDetection: {baseEjectionTime: %(seconds)ds, maxEjectionPercent: %(percent)d}
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
""",
    "authorization-policies": """\
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web-%(number)d, namespace: shop}
spec:
  selector: {matchLabels: {app: web-%(number)d}}
  action: ALLOW
  rules:
    - from: [{source: {principals: ["cluster.local/ns/shop/sa/client-%(number)d"]}}]
      to: [{operation: {methods: [GET, HEAD], paths: ["/items-%(number)d/*"], ports: ["8080"]}}]
      when: [{key: "request.headers[x-tester]", values: ["%(number)d"]}]
    - from: [{source: {namespaces: ["team-%(number)d"], ipBlocks: [10.%(percent)d.0.0/16]}}]
""",
    "peer-authentications": """\
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: web-%(number)d, namespace: shop}
spec:
  selector: {matchLabels: {app: web-%(number)d}}
  mtls: {mode: STRICT}
  portLevelMtls: {"%(port)d": {mode: PERMISSIVE}, "8080": {mode: STRICT}}
""",
    "request-authentications": """\
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: web-%(number)d, namespace: shop}
spec:
  selector: {matchLabels: {app: web-%(number)d}}
  jwtRules:
    - issuer: https://issuer-%(number)d.example
      jwksUri: https://issuer-%(number)d.example/keys
      audiences: [web-%(number)d]
      fromHeaders: [{name: x-token, prefix: "Bearer "}]
""",
    "service-entries": """\
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: partner-%(number)d, namespace: shop}
spec:
  hosts: [partner-%(number)d.example]
  location: MESH_EXTERNAL
  resolution: STATIC
  ports: [{number: %(port)d, name: https, protocol: HTTPS}]
  endpoints: [{address: 10.0.%(percent)d.1, ports: {https: %(port)d}, weight: %(percent)d}]
""",
    "workload-entries": """\
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: machine-%(number)d, namespace: shop}
spec:
  address: 10.1.%(percent)d.2
  labels: {app: web-%(number)d}
  ports: {http: %(port)d}
  serviceAccount: machine-%(number)d
""",
    "telemetries": """\
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: web-%(number)d, namespace: shop}
spec:
  selector: {matchLabels: {app: web-%(number)d}}
  tracing: [{randomSamplingPercentage: %(percent)d, customTags: {of: {literal: {value: "%(number)d"}}}}]
  metrics:
    - providers: [{name: prometheus}]
      overrides:
        - match: {metric: REQUEST_COUNT, mode: SERVER}
          tagOverrides: {path-%(number)d: {operation: UPSERT, value: request.path}}
""",
    "sidecars": """\
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: web-%(number)d, namespace: shop}
spec:
  workloadSelector: {labels: {app: web-%(number)d}}
  egress: [{hosts: ["./*", "team-%(number)d/*"]}]
  outboundTrafficPolicy: {mode: REGISTRY_ONLY}
""",
    "gateways": """\
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge-%(number)d, namespace: shop}
spec:
  selector: {istio: ingress}
  servers:
    - port: {number: 443, name: https, protocol: HTTPS}
      hosts: [web-%(number)d.example]
      tls: {mode: SIMPLE, credentialName: web-%(number)d}
""",
}


def main() -> int:
    """Measure, print, and compare with what is promised."""
    with tempfile.TemporaryDirectory() as name:
        folders = {size: write(Path(name, str(size)), size) for size in (len(_KINDS), SMALL, LARGE)}
        evaluations = _evaluations(folders[SMALL])
        growth = _growth(folders)
        share = _against_kubectl_validate(folders[SMALL])
    print(f"{SMALL} objects: {evaluations} CEL evaluations")
    rows = [
        (f"{LARGE} objects : {SMALL} objects", growth, MOST_GROWTH),
        (f"{SMALL} objects : kubectl-validate", share, MOST_OF_KUBECTL_VALIDATE),
    ]
    for what, ratio, most in rows:
        measured = "not to be had" if ratio is None else f"{ratio:6.3f}"
        print(f"{what:40} {measured} (at most {most:g})")
    return int(evaluations == 0 or any(ratio is None or ratio > most for _, ratio, most in rows))


def write(folder: Path, size: int) -> Path:
    """Write as many objects, no two alike, a file for each kind."""
    folder.mkdir()
    for kind, template in _KINDS.items():
        numbers = range(1, size // len(_KINDS) + 1)
        objects = (template % _values(number) for number in numbers)
        (folder / f"{kind}.yaml").write_text("---\n".join(objects))
    return folder


def _values(number: int) -> dict[str, int]:
    return {
        "number": number,
        "seconds": 1 + number % 50,
        "percent": 1 + number % 100,
        "port": 10_000 + number,
    }


def _evaluations(folder: Path) -> int:
    """Count the rules of CEL that are evaluated, and make sure that nothing is found."""
    from meshgen.api import read_documents, validate
    from meshgen.diagnostics import Findings
    from meshgen.inputs import read_inputs

    findings = Findings()
    documents = read_documents(read_inputs([str(folder)], findings=findings), findings=findings)
    found = validate(documents, ())
    told = [*findings, *found.findings]
    if told:
        raise SystemExit(f"the objects are not sound: {told[0]}")
    return found.evaluations


def _growth(folders: dict[int, Path]) -> float:
    """Compare CPU seconds less those of one object of each kind: what remains is the objects' own cost."""
    base, small, large = (
        statistics.median(_cpu_seconds(_command(folder)) for _ in range(RUNS)) for folder in folders.values()
    )
    spent = ((len(_KINDS), base), (SMALL, small), (LARGE, large))
    print("CPU seconds:", ", ".join(f"{size} objects {seconds:.2f}" for size, seconds in spent))
    return (large - base) / (small - base)


def _command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "meshgen", "validate", str(folder), "--quiet"]


def _against_kubectl_validate(folder: Path) -> float | None:
    """Compare with kubectl-validate, which knows the definitions and no rule of Istio's; in turns."""
    tool, shared = shutil.which("kubectl-validate"), os.environ.get("MESHGEN_SHARED")
    if tool is None or shared is None:
        return None
    definitions = Path(shared) / DEFINITIONS
    other = [tool, str(folder), f"--local-crds={definitions}", "--version=1.30", "--output=json"]
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(_cpu_seconds(_command(folder)))
        theirs.append(_cpu_seconds(other))
    spent = statistics.median(ours), statistics.median(theirs)
    print(f"CPU seconds of {SMALL} objects: meshgen {spent[0]:.2f}, kubectl-validate {spent[1]:.2f}")
    return spent[0] / spent[1]


def _cpu_seconds(command: list[str]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    sys.exit(main())
