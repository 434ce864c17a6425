"""kustomize lays a Component over the objects that the inputs show, and over nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from meshgen.api import read_intents, render
from meshgen.backend import backend
from meshgen.inputs import Content
from meshgen.patches import component

ROOT = Path(__file__).parents[2]
BOOKINFO = tuple(ROOT / "examples" / "bookinfo" / name for name in ("services.yaml", "workloads.yaml"))
PORTS = ROOT / "tests" / "cases" / "patches" / "istio-ports-of-connections" / "input"
EJECTION = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: bookinfo, namespace: bookinfo}
spec:
  services:
    reviews:
      port: 9080
      outlierDetection: {consecutive5xx: 5, baseEjectionTime: 2m, maxEjectionPercent: 100}
"""
TOOLS = {"kustomize": ("build",), "kubectl": ("kustomize",)}


class Asked(NamedTuple):
    """An intent, the objects that it speaks of, and what each of them is to have."""

    mesh: str
    intent: str
    objects: tuple[Path, ...]
    expected: dict[tuple[str, str], Any]


def annotated(name: str, version: str) -> tuple[tuple[str, str], Any]:
    return ("Deployment", name), {"consul.hashicorp.com/service-meta-version": version}


ASKED = [
    Asked(
        "consul",
        (ROOT / "examples" / "bookinfo" / "intent.yaml").read_text("utf-8"),
        BOOKINFO,
        dict(
            annotated(f"{service}-{version}", version)
            for service, versions in (("ratings", ("v1", "v2")), ("reviews", ("v1", "v2", "v3")))
            for version in versions
        ),
    ),
    Asked(
        "linkerd",
        EJECTION,
        BOOKINFO,
        {
            ("Service", "reviews"): {
                "balancer.linkerd.io/failure-accrual": "consecutive",
                "balancer.linkerd.io/failure-accrual-consecutive-max-failures": "5",
                "balancer.linkerd.io/failure-accrual-consecutive-max-penalty": "2m",
                "balancer.linkerd.io/failure-accrual-consecutive-min-penalty": "2m",
            }
        },
    ),
    Asked(
        "istio",
        (PORTS / "intent.yaml").read_text("utf-8"),
        (PORTS / "services.yaml",),
        {
            ("Service", "ledger"): [
                {"name": "book", "port": 7000, "appProtocol": "tcp"},
                {"name": "names-by-datagram", "port": 53, "targetPort": "dns", "protocol": "UDP"},
                {"name": "names", "port": 53, "targetPort": "dns", "protocol": "TCP", "appProtocol": "tcp"},
            ]
        },
    ),
]


def build(folder: Path, objects: tuple[Path, ...], *components: str) -> dict[tuple[str, str], Any]:
    """Build a kustomization of objects, with what Components add."""
    found = next((tool for tool in TOOLS if shutil.which(tool) is not None), None)
    if found is None:
        pytest.skip(f"none of {', '.join(TOOLS)} is installed")
    base = folder / f"base{len(components)}"
    base.mkdir()
    for path in objects:
        shutil.copy(path, base)
    listed = {"resources": [path.name for path in objects], "components": list(components)}
    (base / "kustomization.yaml").write_text(yaml.safe_dump(listed))
    done = subprocess.run([found, *TOOLS[found], base], capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(done.stdout)}


def added(kind: str, each: Any) -> Any:
    """Pick what patches speak of: annotations of pods and Services, else ports."""
    if kind == "Service":
        return each["metadata"].get("annotations") or each["spec"]["ports"]
    return each["spec"]["template"]["metadata"].get("annotations")


@pytest.mark.long
@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.mesh)
def test_a_component_changes_the_objects_that_it_names_and_no_other(asked: Asked, tmp_path: Path) -> None:
    mesh = backend(asked.mesh)
    contents = [Content(path.name, path.read_bytes()) for path in asked.objects]
    reading = read_intents([Content("intent.yaml", asked.intent.encode()), *contents])
    rendering = render(reading, mesh, mesh.profiles[0], is_patched=True)
    (tmp_path / "patches").mkdir()
    (tmp_path / "patches" / "kustomization.yaml").write_text(component(rendering.patches))

    before = build(tmp_path, asked.objects)
    after = build(tmp_path, asked.objects, "../patches")
    changed = {key: added(key[0], each) for key, each in after.items() if each != before[key]}

    assert before.keys() == after.keys()
    assert asked.expected == changed
