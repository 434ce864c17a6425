"""Services and workloads give what an intent leaves out, confirm it, or contradict it."""

from __future__ import annotations

import textwrap

import pytest

from meshgen.api import Reading, read_intents
from meshgen.inputs import Content
from meshgen.intent.model import Protocol, Service

INTENT = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: a, namespace: shop}
spec:
  services:
    web: %s
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {run: web}
  ports:
  - {name: grpc-api, port: 80, targetPort: api}
  - {name: other, port: 81, appProtocol: kubernetes.io/h2c}
"""
WORKLOAD = """\
apiVersion: %s
kind: %s
metadata: {name: web-pods, namespace: shop}
"""
POD = """\
metadata: {labels: {run: web, version: v1}}
spec:
  serviceAccountName: runner
  containers:
  - name: web
    ports: [{name: api, containerPort: 8080}, {containerPort: 53, protocol: UDP}]
    livenessProbe: {httpGet: {path: /live, port: api}}
    readinessProbe: {grpc: {port: 8080}}
    startupProbe: {tcpSocket: {port: 8080}}
"""


def template(*path: str) -> str:
    """Put the pod at a path of a workload."""
    text = POD
    for step in reversed(path):
        text = f"{step}:\n{textwrap.indent(text, '  ')}"
    return text


DEPLOYMENT = WORKLOAD % ("apps/v1", "Deployment") + template("spec", "template")


def read(service: str, *others: str) -> Reading:
    texts = (INTENT % service, *others)
    return read_intents(
        Content(name, text.encode())
        for name, text in zip(("intent", "one", "two", "three"), texts, strict=False)
    )


def filled(service: str, *others: str) -> Service:
    reading = read(service, *others)
    assert reading.findings == ()
    services = reading.intents[0].spec.services
    assert services is not None
    return services["web"]


def told(service: str, *others: str) -> list[tuple[str, str, str, str | None]]:
    return [
        (str(found.span), found.code.number, found.message, found.hint)
        for found in read(service, *others).findings
    ]


def test_a_service_gives_its_selector_and_ports() -> None:
    web = filled("{ports: [{port: 80}, {port: 81}]}", SERVICE)

    assert web.selector == {"run": "web"}
    assert [(port.target_port, port.protocol) for port in web.ports] == [
        ("api", Protocol.GRPC),
        ("81", Protocol.HTTP2),
    ]
    assert web.service_account is None


@pytest.mark.parametrize(
    ("api_version", "kind", "path"),
    [
        ("apps/v1", "Deployment", ("spec", "template")),
        ("apps/v1", "StatefulSet", ("spec", "template")),
        ("apps/v1", "DaemonSet", ("spec", "template")),
        ("apps/v1", "ReplicaSet", ("spec", "template")),
        ("batch/v1", "Job", ("spec", "template")),
        ("batch/v1", "CronJob", ("spec", "jobTemplate", "spec", "template")),
    ],
)
def test_a_workload_of_each_kind_gives_its_account_and_port_numbers(
    api_version: str, kind: str, path: tuple[str, ...]
) -> None:
    web = filled("{port: 80}", SERVICE, WORKLOAD % (api_version, kind) + template(*path))

    assert web.service_account == "runner"
    assert [port.target_port for port in web.ports] == ["8080"]


def test_a_pod_is_a_workload_of_its_own() -> None:
    pod = POD.replace("metadata: {", "metadata: {name: web, namespace: shop, ")

    assert filled("{port: 80}", SERVICE, f"apiVersion: v1\nkind: Pod\n{pod}").service_account == "runner"


def test_a_list_is_taken_apart() -> None:
    listed = "".join(f"- {textwrap.indent(text, '  ')[2:]}" for text in (SERVICE, DEPLOYMENT))

    web = filled("{port: 80}", f"apiVersion: v1\nkind: List\nitems:\n{listed}")

    assert (web.selector, web.service_account) == ({"run": "web"}, "runner")


def test_a_workload_without_an_account_runs_as_default() -> None:
    web = filled(
        "{port: 80}", SERVICE, DEPLOYMENT.replace("serviceAccountName: runner", "restartPolicy: Always")
    )

    assert web.service_account == "default"


def test_what_is_written_and_shown_alike_is_confirmed() -> None:
    written = "{port: 80, targetPort: api, protocol: grpc, selector: {run: web}, serviceAccount: runner}"

    assert filled(written, SERVICE, DEPLOYMENT).service_account == "runner"


def test_a_selector_that_picks_the_same_pods_is_no_contradiction() -> None:
    assert filled("{port: 80, selector: {version: v1}}", SERVICE, DEPLOYMENT).selector == {"version": "v1"}


def test_versions_take_their_accounts_from_their_own_pods() -> None:
    second = DEPLOYMENT.replace("version: v1", "version: v2").replace("runner", "runner-2")

    web = filled("{port: 80, versions: {v1: {}, v2: {}}}", SERVICE, DEPLOYMENT, second)

    assert web.versions is not None
    accounts = {name: version.service_account for name, version in web.versions.items()}
    assert accounts == {"v1": "runner", "v2": "runner-2"}


CONTRADICTIONS = [
    (
        "{port: 82}",
        "intent:6:17",
        "MG281",
        "the Service shop/web has no port 82",
        "its ports are 80, 81",
    ),
    (
        "{port: 80, selector: {app: web}}",
        "intent:6:31",
        "MG280",
        "the Service shop/web picks {run: web}, the intent {app: web}",
        "write {run: web}",
    ),
    (
        "{port: 80, targetPort: 8081}",
        "intent:6:33",
        "MG280",
        "port 80 of the Service shop/web leads to api, not 8081",
        "write api",
    ),
    (
        "{port: 80, protocol: http}",
        "intent:6:31",
        "MG280",
        "port 80 of the Service shop/web speaks grpc",
        "write grpc, or correct the Service",
    ),
    (
        "{port: 80, headless: true}",
        "intent:6:31",
        "MG280",
        "the Service shop/web has a cluster address",
        "take headless away",
    ),
    (
        "{port: 80, serviceAccount: web}",
        "intent:6:37",
        "MG280",
        "the Deployment web-pods behind the service web runs as runner, not web",
        "write runner",
    ),
]


@pytest.mark.parametrize(("service", "place", "code", "message", "hint"), CONTRADICTIONS)
def test_what_is_written_and_shown_otherwise_is_an_error_with_both_places(
    service: str, place: str, code: str, message: str, hint: str
) -> None:
    reading = read(service, SERVICE, DEPLOYMENT)

    found = [(str(one.span), one.code.number, one.message, one.hint) for one in reading.findings]
    assert found == [(place, code, message, hint)]
    assert [len(one.related) for one in reading.findings] == [1]


def test_a_headless_service_wants_an_intent_that_says_so() -> None:
    headless = SERVICE.replace("spec:\n", "spec:\n  clusterIP: None\n")

    assert told("{port: 80}", headless) == [
        ("intent:6:10", "MG280", "the Service shop/web has no cluster address", "write headless: true")
    ]
    assert filled("{port: 80, headless: true}", headless).headless is True


def test_pods_of_several_accounts_are_no_one_identity() -> None:
    second = DEPLOYMENT.replace("runner", "runner-2")

    assert told("{port: 80}", SERVICE, DEPLOYMENT, second) == [
        (
            "intent:6:10",
            "MG282",
            "the workloads behind the service web run as runner, runner-2",
            "declare versions, each with its serviceAccount",
        )
    ]


def test_our_own_objects_and_other_kinds_are_counted_and_not_read() -> None:
    ours = SERVICE.replace("{name: web}", "{name: web, labels: {app.kubernetes.io/managed-by: meshgen}}")
    other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"

    reading = read("{port: 80}", ours, other)

    assert (reading.shown.unread, dict(reading.shown.services)) == (2, {})
    assert reading.findings == ()


def test_an_object_without_a_namespace_is_not_read_where_the_set_has_several() -> None:
    second = (
        INTENT.replace("namespace: shop", "namespace: other").replace("name: a", "name: b") % "{port: 80}"
    )

    assert told("{port: 80}", second, SERVICE) == [
        (
            "two:1:1",
            "MG114",
            "the Service web names no namespace, and the intents have 2, so it is not read",
            "add namespace: other or shop",
        )
    ]


@pytest.mark.parametrize(
    ("broken", "place", "message"),
    [
        (SERVICE.replace("{name: web}", "{}"), "one:1:1", "a Service is not read: it has no metadata.name"),
        (
            SERVICE.replace("port: 81", "port: web"),
            "one:8:5",
            "a Service is not read: port is 'web', not a number",
        ),
        (
            SERVICE.replace("ports:\n", "ports:\n  - web\n"),
            "one:7:5",
            "a Service is not read: an entry of spec.ports is not a mapping",
        ),
        (
            WORKLOAD % ("apps/v1", "Deployment"),
            "one:1:1",
            "a Deployment is not read: it has no spec.template",
        ),
        (
            SERVICE.replace("port: 80", "port: 65536"),
            "one:7:5",
            "a Service is not read: port: 65536 is not a port number: 1 to 65535",
        ),
        (
            SERVICE.replace("targetPort: api", f"targetPort: {'9' * 5_000}"),
            "one:7:5",
            (
                f"a Service is not read: targetPort: '{'9' * 40}' has 5000 characters; "
                "the name or number of a port has at most 63"
            ),
        ),
        (
            SERVICE.replace("{name: web}", '{name: web, namespace: "*"}'),
            "one:1:1",
            (
                "a Service is not read: metadata.namespace: "
                "'*' is not a DNS label (lower-case letters, digits and '-')"
            ),
        ),
        (
            SERVICE.replace("run: web", "run web: web"),
            "one:1:1",
            "a Service is not read: spec.selector: 'run web' is not a label key",
        ),
        (
            DEPLOYMENT.replace("runner", '"*"'),
            "one:6:5",
            (
                "a Deployment is not read: spec.serviceAccountName: "
                "'*' is not a DNS name (labels of lower-case letters, digits and '-', joined by '.')"
            ),
        ),
        (
            DEPLOYMENT.replace("port: api}", "port: 0}"),
            "one:12:34",
            "a Deployment is not read: port: 0 is not a port number: 1 to 65535",
        ),
    ],
)
def test_an_object_that_kubernetes_would_refuse_is_a_warning(broken: str, place: str, message: str) -> None:
    assert told("{port: 80}", broken) == [(place, "MG115", message, None)]


def test_a_kind_of_another_group_is_another_kind() -> None:
    knative = SERVICE.replace("apiVersion: v1", "apiVersion: serving.knative.dev/v1")

    reading = read("{port: 80}", knative)

    assert (reading.shown.unread, dict(reading.shown.services), reading.findings) == (1, {}, ())


def test_a_service_that_stands_twice_is_read_once_and_told() -> None:
    other = SERVICE.replace("{run: web}", "{run: other}")

    assert told("{port: 80}", SERVICE, other) == [
        ("two:1:1", "MG115", "a Service is not read: shop/web stands twice", None)
    ]


def test_what_probes_and_ports_the_pods_have_is_kept() -> None:
    reading = read("{port: 80}", SERVICE, DEPLOYMENT)

    (pods,) = reading.shown.pods("shop", {"run": "web"})
    assert [(port.number, port.name) for port in pods.ports] == [(8080, "api")]
    assert [(probe.kind, probe.path, probe.port) for probe in pods.probes] == [
        ("tcp", None, "8080"),
        ("path", "/live", "api"),
        ("grpc", None, "8080"),
    ]
