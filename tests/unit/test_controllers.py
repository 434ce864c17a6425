"""What a workload made of its template is no second witness, and may be older than the template."""

from __future__ import annotations

import pytest

from tests.unit.test_context import DEPLOYMENT, filled, read, template

REPLICAS = """\
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web-1
  namespace: shop
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web-pods, controller: %s}]
""" + template("spec", "template").replace("runner", "before")
MADE = """\
apiVersion: v1
kind: Pod
metadata:
  name: web-1-x
  namespace: shop
  labels: {run: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}]
spec: {serviceAccountName: before}
"""


def test_what_a_workload_made_of_its_template_is_not_read_beside_it() -> None:
    service = filled("{port: 80, selector: {run: web}}", DEPLOYMENT, REPLICAS % "true", MADE)

    assert service.service_account == "runner"


@pytest.mark.parametrize(
    "others",
    [
        pytest.param((DEPLOYMENT, REPLICAS % "false"), id="an owner that does not control"),
        pytest.param((DEPLOYMENT.replace("web-pods", "other"), REPLICAS % "true"), id="of another name"),
        pytest.param((DEPLOYMENT, MADE), id="an owner that is not there"),
    ],
)
def test_what_nobody_else_speaks_for_is_read(others: tuple[str, ...]) -> None:
    reading = read("{port: 80, selector: {run: web}}", *others)

    pods = reading.shown.pods("shop", {"run": "web"})
    assert [each.account for each in pods] == ["runner", "before"]
