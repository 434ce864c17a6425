"""A cluster judges objects by a dry run: it is asked for each once, and a failure is one finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meshgen.api import read_documents
from meshgen.cli import run
from meshgen.cluster import Access, connected
from meshgen.diagnostics import Diagnostic, Findings
from meshgen.dryrun import dry_run
from meshgen.inputs import Content
from meshgen.report.text import write
from tests.unit.dryruns import AS_IT_WOULD_BE, GROUP, KINDS, QUERY, WEB, WIDGET, Told, Validated, refusal
from tests.unit.dryruns import validated as validated
from tests.unit.standin import Answer, StandIn, kinds, stand_in, status


def test_what_the_cluster_would_take_is_silent(validated: Validated) -> None:
    told = validated({GROUP: [KINDS], WEB: [AS_IT_WOULD_BE]})

    assert told == Told(0, "", (f"GET {GROUP}", f"PATCH {WEB}"))


@pytest.mark.parametrize(
    ("answer", "err"),
    [
        pytest.param(
            status(401, "Unauthorized"),
            "error[MG763 cluster-unauthenticated]: CLUSTER: {asked}: "
            "the cluster does not take the credentials: Unauthorized\n"
            "  hint: log in again, or choose another --context\n",
            id="401",
        ),
        pytest.param(
            status(302, "elsewhere"),
            "error[MG765 cluster-failed]: CLUSTER: {asked}: the cluster answers 302: elsewhere\n",
            id="redirect",
        ),
        pytest.param(
            Answer(status=201, body=[]),
            "error[MG765 cluster-failed]: CLUSTER: {asked}: the answer is no object\n",
            id="not-an-object",
        ),
        pytest.param(
            Answer(body={"metadata": {}}, cut=True),
            "error[MG766 cluster-broke-off]: CLUSTER: {asked}: the connection broke off: {broken}\n",
            id="reset-half-way",
        ),
        pytest.param(
            Answer(silent=True),
            "error[MG766 cluster-broke-off]: CLUSTER: {asked}: the answer did not come in time\n"
            "  hint: --timeout gives it longer\n",
            id="never",
        ),
    ],
)
def test_a_cluster_that_does_not_judge_is_one_finding(answer: Answer, err: str, validated: Validated) -> None:
    limit = ("--timeout", "0.5") if answer.silent else ()
    told = validated({GROUP: [KINDS], WEB: [answer]}, *limit)
    broken = told.err.partition("broke off: ")[2].strip() if answer.cut else ""

    assert told[:2] == (2, err.format(asked="patch widgets.example.com shop/web", broken=broken))


def test_of_many_objects_that_are_not_answered_the_first_is_told(validated: Validated) -> None:
    text = "---\n".join(WIDGET.replace("name: web", f"name: web-{number}") for number in range(20))
    answers = {
        f"{GROUP}/namespaces/shop/widgets/web-{number}{QUERY}": [status(401, "no")] for number in range(20)
    }
    told = validated({GROUP: [KINDS], **answers}, text=text)

    err = (
        "error[MG763 cluster-unauthenticated]: CLUSTER: patch widgets.example.com shop/web-0: "
        "the cluster does not take the credentials: no\n"
        "  hint: log in again, or choose another --context\n"
    )
    assert told[:2] == (2, err)


def test_a_refused_connection_is_one_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("web.yaml").write_text(WIDGET, "utf-8")
    with stand_in({}, tmp_path) as gone:
        pass
    code = run(["validate", "web.yaml", "--live", "--kubeconfig", str(gone.kubeconfig)])
    out, err = capsys.readouterr()

    said = f"{gone.kubeconfig}, context 'shop': get the kinds of example.com/v1: there is no connection to "
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error[MG762 cluster-unreachable]: {said}{gone.url}: ")


def test_a_kind_that_the_account_may_not_apply_is_one_finding_and_the_others_are_judged(
    validated: Validated,
) -> None:
    realm = "apiVersion: example.com/v1\nkind: Realm\nmetadata: {name: r}\n"
    other = WIDGET.replace("name: web", "name: api")
    forbidden = (
        'widgets.example.com "web" is forbidden: User "ann" cannot patch resource "widgets" in API group'
    )
    answers = {
        GROUP: [KINDS],
        WEB: [status(403, forbidden)],
        WEB.replace("/web?", "/api?"): [status(403, forbidden)],
        f"{GROUP}/realms/r{QUERY}": [status(422, "no realm")],
    }
    told = validated(answers, text="---\n".join((WIDGET, other, realm)))

    err = (
        f"error[MG764 cluster-forbidden]: CLUSTER: patch widgets.example.com shop/web: "
        f"the cluster forbids it: {forbidden}\n"
        "  hint: meshgen profile detect --permissions prints the roles that suffice\n"
        "web.yaml:19:1: error[MG769 refused-by-cluster]: the cluster refuses the object: no realm\n"
    )
    assert told[:2] == (2, err)


def test_what_the_cluster_does_not_have_is_told_once(validated: Validated) -> None:
    gadget = "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\n"
    other = "apiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: g}\n"
    absent = [status(404, 'namespaces "shop" not found')]
    answers = {GROUP: [KINDS], WEB: absent, WEB.replace("/web?", "/api?"): absent}
    text = "---\n".join((WIDGET, WIDGET.replace("name: web", "name: api"), gadget, gadget, other))
    told = validated(answers, text=text)

    hint = "  hint: its CustomResourceDefinition must be there first: kubectl api-resources lists what is\n"
    err = (
        "web.yaml:3:34: error[MG772 namespace-absent]: the cluster has no namespace 'shop', "
        "so nothing in it was judged (2 objects)\n"
        "  hint: kubectl create namespace shop makes it\n"
        "web.yaml:20:7: error[MG773 kind-absent]: the cluster has no kind Gadget of example.com/v1, "
        f"so none of it was judged (2 objects)\n{hint}"
        "web.yaml:28:7: error[MG773 kind-absent]: the cluster has no kind Gadget of example.org/v1, "
        f"so none of it was judged\n{hint}"
    )
    assert told[:2] == (1, err)


def test_each_version_of_a_group_is_asked_for_its_kinds_once(validated: Validated) -> None:
    text = "---\n".join((WIDGET, WIDGET, "apiVersion: example.org/v1\nkind: A\nmetadata: {name: a}\n"))
    asked = validated({GROUP: [KINDS], WEB: [AS_IT_WOULD_BE]}, text=text).asked

    assert sorted(asked) == ["GET /apis/example.com/v1", "GET /apis/example.org/v1", *[f"PATCH {WEB}"] * 2]


def test_an_object_without_a_namespace_is_of_the_context_and_the_manager_can_be_named(
    validated: Validated,
) -> None:
    text = WIDGET.replace(", namespace: shop", "")
    place = f"{GROUP}/namespaces/default/widgets/web?dryRun=All&fieldManager=helm&fieldValidation=Strict"
    told = validated({GROUP: [KINDS], place: [AS_IT_WOULD_BE]}, "--field-manager", "helm", text=text)

    assert told == Told(0, "", (f"GET {GROUP}", f"PATCH {place}"))


def test_an_object_without_a_namespace_is_of_the_one_that_the_context_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("web.yaml").write_text(WIDGET.replace(", namespace: shop", ""), "utf-8")
    with stand_in({GROUP: [KINDS], WEB: [AS_IT_WOULD_BE]}, tmp_path) as server:
        document = json.loads(server.kubeconfig.read_text("utf-8"))
        document["contexts"][0]["context"]["namespace"] = "shop"
        server.kubeconfig.write_text(json.dumps(document), "utf-8")
        code = run(["validate", "web.yaml", "--live", "--kubeconfig", str(server.kubeconfig)])

    assert (code, server.asked[-1]) == (0, f"PATCH {WEB} Bearer secret")


@pytest.mark.parametrize("body", [{}, {"resources": None}, {"resources": [{}]}, {"resources": [7]}])
def test_what_is_no_list_of_kinds_is_no_answer(body: object, validated: Validated) -> None:
    said = "error[MG765 cluster-failed]: CLUSTER: get the kinds of example.com/v1: "

    assert validated({GROUP: [Answer(body=body)]})[:2] == (2, f"{said}the answer is no list of kinds\n")


@pytest.mark.parametrize(
    ("text", "err"),
    [
        ("metadata: {generateName: web-}", "web.yaml:3:1: {code}: metadata.name is {lacks}"),
        ("metadata: {name: 7}", "web.yaml:3:18: {code}: metadata.name is {lacks}"),
        ("metadata: web", "web.yaml:3:11: {code}: metadata.name is {lacks}"),
        ("spec: {}", "web.yaml:1:1: {code}: metadata.name is {lacks}"),
        ("metadata: {name: web, namespace: []}", "web.yaml:3:23: {code}: metadata.namespace is {lacks}"),
    ],
)
def test_an_object_that_cannot_be_named_is_not_asked_about(text: str, err: str, validated: Validated) -> None:
    told = validated({GROUP: [KINDS]}, text=f"apiVersion: example.com/v1\nkind: Widget\n{text}\n")

    hint = "  hint: an object that is applied needs apiVersion, kind and metadata.name\n"
    lacks = "not written as text, so the cluster cannot be asked about the object"
    assert told == Told(1, f"{err.format(code='error[MG769 refused-by-cluster]', lacks=lacks)}\n{hint}", ())


@pytest.mark.parametrize("api_version", ["..", "../v1", "a/b/c", "example.com/v1?x", "v1#", "example.com/"])
def test_a_version_that_no_cluster_has_is_no_path_of_its_api(api_version: str, validated: Validated) -> None:
    told = validated({}, text=f"apiVersion: {api_version}\nkind: A\nmetadata: {{name: a}}\n")

    assert told == Told(
        1,
        f"web.yaml:2:7: error[MG773 kind-absent]: the cluster has no kind A of {api_version}, "
        "so none of it was judged\n"
        "  hint: its CustomResourceDefinition must be there first: kubectl api-resources lists what is\n",
        (),
    )


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
        WIDGET.replace("example.com/a: x", 'config.kubernetes.io/local-config: "true"'),
    ],
    ids=["kustomize", "local"],
)
def test_what_only_tools_read_is_not_sent(text: str, validated: Validated) -> None:
    assert validated({}, text=text) == Told(0, "", ())


def test_what_our_own_rungs_told_of_a_field_is_not_told_again(validated: Validated) -> None:
    group = "/apis/networking.istio.io/v1"
    text = (
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\n"
        'metadata: {name: web, namespace: shop, labels: {"a b": c}}\n'
        "spec:\n  workloadSelector: {}\n  exportTo: [7, .]\n  trafficPolicy: {loadBalancer: {simple: ODD}}\n"
    )
    causes = [
        {"message": "Required value", "field": "spec.host"},
        {"message": 'Invalid value: "a b": no key', "field": "metadata.labels"},
        {"message": "Invalid value: not a list of texts", "field": "spec.exportTo"},
        {"message": 'Unsupported value: "ODD"', "field": "spec.trafficPolicy.loadBalancer.simple"},
        {
            "message": 'Invalid value: "": "spec.trafficPolicy.loadBalancer" must validate one schema',
            "field": "<nil>",
        },
        {"message": "Invalid value: not here", "field": "spec.trafficPolicy"},
        {"message": "Invalid value: not so", "field": "spec"},
    ]
    answers = {
        group: [kinds(("DestinationRule", "destinationrules", True))],
        f"{group}/namespaces/shop/destinationrules/web{QUERY}": [refusal(422, "invalid", *causes)],
    }
    told = validated(answers, text=text)

    err = (
        "web.yaml:3:56: error[MG407 invalid-metadata]: 'a b' is not the key of a label\n"
        "  hint: write at most 63 letters, digits, '-', '_' and '.', a letter or digit first and last; "
        "a DNS name and '/' may stand before them\n"
        "web.yaml:4:1: error[MG403 missing-field]: field 'host' is missing\n"
        "  hint: write 'host': a string\n"
        "web.yaml:4:1: error[MG769 refused-by-cluster]: the cluster refuses spec: Invalid value: not so\n"
        "web.yaml:6:14: error[MG401 mistyped-field]: 7 is an integer, not a string\n"
        '  hint: write "7" with quotes\n'
        "web.yaml:7:3: error[MG769 refused-by-cluster]: the cluster refuses spec.trafficPolicy: "
        "Invalid value: not here\n"
        "web.yaml:7:42: error[MG404 unknown-value]: 'ODD' is not one of 'UNSPECIFIED', 'LEAST_CONN', "
        "'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST'\n"
    )
    assert told[:2] == (1, err)


def test_intents_are_judged_as_without_a_cluster(validated: Validated) -> None:
    text = (
        "apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\nmetadata: {name: a, namespace: shop}\n"
        "spec: {services: {web: {port: 8080}}}\n"
    )

    assert validated({}, text=text) == Told(0, "", ())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--context", "shop"], "--context needs a cluster to ask"),
        (["--field-manager", "helm"], "--field-manager names who would apply objects to a cluster"),
    ],
)
def test_what_is_said_of_a_cluster_that_nobody_asks_is_refused(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["validate", "web.yaml", *options])

    assert (code, *capsys.readouterr()) == (2, "", f"error[MG710 usage]: {told}\n  hint: add --live\n")


def _found(server: StandIn, slept: list[float]) -> tuple[Diagnostic, ...]:
    findings = Findings()
    documents = read_documents([Content("web.yaml", WIDGET.encode())], findings=findings)
    access = Access(kubeconfig=str(server.kubeconfig))
    with connected(access, sleep=slept.append) as cluster:
        return dry_run(documents.others, cluster, manager="kubectl").findings


def test_a_busy_cluster_is_asked_again(tmp_path: Path) -> None:
    slept: list[float] = []
    busy = [status(429, "busy", Retry_After="3"), status(500, "etcd"), AS_IT_WOULD_BE]
    with stand_in({GROUP: [KINDS], WEB: busy}, tmp_path) as server:
        found = _found(server, slept)

    assert (write(found), slept) == ("", [3.0, 1.0])
    assert server.asked == [f"GET {GROUP} Bearer secret", *[f"PATCH {WEB} Bearer secret"] * 3]
