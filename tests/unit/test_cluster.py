"""A cluster is asked only when told to, answers whole or not at all, and each failure is one finding."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from meshgen.cli import run
from meshgen.cluster import DEFINITIONS, Access, Unanswered, connected
from tests.unit.definitions import definition
from tests.unit.standin import DEFINITIONS as PATH
from tests.unit.standin import Answer, StandIn, kubeconfig, listed, stand_in, status

ROOT = Path(__file__).parents[2]
LIST = "list customresourcedefinitions.apiextensions.k8s.io"


@pytest.fixture(autouse=True)
def _of_no_other_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "KUBECONFIG",
        "KUBERNETES_SERVICE_HOST",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def pulled(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str, bool]:
    """Pull schemas: the exit code, both outputs, and whether anything was written."""
    code = run(["schema", "pull", *options])
    out, err = capsys.readouterr()
    return code, out, err, Path("schemas").exists()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(
            status(401, "Unauthorized"),
            "error[MG763 cluster-unauthenticated]: {place}: {list}: "
            "the cluster does not take the credentials: Unauthorized\n"
            "  hint: log in again, or choose another --context\n",
            id="401",
        ),
        pytest.param(
            status(403, 'customresourcedefinitions is forbidden: User "ann" cannot list'),
            "error[MG764 cluster-forbidden]: {place}: {list}: the cluster forbids it: "
            'customresourcedefinitions is forbidden: User "ann" cannot list\n'
            "  hint: meshgen profile detect --permissions prints the roles that suffice\n",
            id="403",
        ),
        pytest.param(
            status(404, "not found"),
            "error[MG765 cluster-failed]: {place}: {list}: the cluster does not have that kind\n",
            id="404",
        ),
        pytest.param(
            Answer(status=302, body=b"", headers={"Location": "http://127.0.0.1:1/"}),
            "error[MG765 cluster-failed]: {place}: {list}: the cluster answers 302: it does not say why\n",
            id="redirect",
        ),
        pytest.param(
            Answer(body=b"<html>"),
            "error[MG765 cluster-failed]: {place}: {list}: the answer is no JSON: "
            "Expecting value: line 1 column 1 (char 0)\n",
            id="not-json",
        ),
        pytest.param(
            Answer(body=[]),
            "error[MG765 cluster-failed]: {place}: {list}: the answer is no object\n",
            id="not-an-object",
        ),
        pytest.param(
            Answer(body={"items": None}),
            "error[MG765 cluster-failed]: {place}: {list}: the answer is no list of objects\n",
            id="no-list",
        ),
        pytest.param(
            Answer(body={"items": [definition()]}, cut=True),
            "error[MG766 cluster-broke-off]: {place}: {list}: the connection broke off: {broken}\n",
            id="half",
        ),
        pytest.param(
            Answer(silent=True),
            "error[MG766 cluster-broke-off]: {place}: {list}: the answer did not come in time\n"
            "  hint: --timeout gives it longer\n",
            id="never",
        ),
        pytest.param(
            Answer(endless=True),
            "error[MG766 cluster-broke-off]: {place}: {list}: the answer did not come in time\n"
            "  hint: --timeout gives it longer\n",
            id="without-end",
        ),
    ],
)
def test_a_cluster_that_does_not_answer_is_one_finding_and_nothing_is_written(
    answer: Answer, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stand_in({PATH: [answer]}, tmp_path) as server:
        seconds = "0.2" if answer.silent or answer.endless else "60"
        actual = pulled(capsys, "--kubeconfig", str(server.kubeconfig), "--timeout", seconds)

    place = f"{server.kubeconfig}, context 'shop'"
    broken = actual[2].partition("broke off: ")[2].strip() if answer.cut else ""
    assert actual == (2, "", told.format(place=place, list=LIST, broken=broken), False)


def test_a_refused_connection_is_one_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with stand_in({}, tmp_path) as gone:
        pass
    code, out, err, is_written = pulled(capsys, "--kubeconfig", str(gone.kubeconfig), "--context", "shop")

    place = f"{gone.kubeconfig}, context 'shop'"
    said = f"error[MG762 cluster-unreachable]: {place}: {LIST}: there is no connection to "
    assert (code, out, is_written) == (2, "", False)
    assert err.startswith(f"{said}{gone.url}: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("options", [[], ["--kubeconfig", "there"]], ids=["none", "named"])
def test_no_kubeconfig_is_one_finding(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = "there" if options else tmp_path / ".kube" / "config"
    told = f"error[MG761 no-cluster-access]: there is no kubeconfig {file}\n"
    hint = "  hint: name one with --kubeconfig or KUBECONFIG\n"

    assert pulled(capsys, *options) == (2, "", told + hint, False)


@pytest.mark.parametrize("text", ["", "[", "word", "[]", "{}", '{"current-context": "x"}', "contexts: 7"])
def test_a_kubeconfig_of_no_use_is_one_finding(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd").write_text(text)
    code, out, err, is_written = pulled(capsys, "--kubeconfig", "odd")

    assert (code, out, is_written) == (2, "", False)
    assert err.startswith("error[MG761 no-cluster-access]: the kubeconfig odd is of no use: ")
    assert err.endswith("\n  hint: kubectl config get-contexts lists what there is\n")
    assert err.count("\n") == 2


def test_a_context_that_is_not_there_is_one_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = kubeconfig(tmp_path, "http://127.0.0.1:1")
    told = (
        f"error[MG761 no-cluster-access]: the context 'stage' of the kubeconfig {file} is of no use: "
        "Invalid kube-config file. Expected object with name stage in "
        f"{file}/contexts list\n  hint: kubectl config get-contexts lists what there is\n"
    )

    assert pulled(capsys, "--kubeconfig", str(file), "--context", "stage") == (2, "", told, False)


def test_a_pod_whose_account_is_not_mounted_is_one_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "")
    code, out, err, is_written = pulled(capsys)

    assert (code, out, is_written) == (2, "", False)
    assert err.startswith("error[MG761 no-cluster-access]: the pod's service account is of no use: ")


def test_a_pod_asks_its_own_cluster(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("SERVICE_TOKEN_FILENAME", "SERVICE_CERT_FILENAME"):
        (tmp_path / name).write_text("secret")
        monkeypatch.setattr(f"kubernetes.config.incluster_config.{name}", str(tmp_path / name))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "1")
    code, out, err, is_written = pulled(capsys)

    said = f"error[MG762 cluster-unreachable]: the pod's own cluster: {LIST}: there is no connection to "
    assert (code, out, is_written) == (2, "", False)
    assert err.startswith(f"{said}https://127.0.0.1:1: ")


def test_without_the_package_one_finding_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    told = (
        "error[MG760 no-cluster-client]: meshgen needs the package kubernetes to ask a cluster\n"
        "  hint: install it: pip install 'meshgen[cluster]'\n"
    )

    assert pulled(capsys) == (2, "", told, False)


def _listed(server: StandIn, slept: list[float], seconds: float = 60.0) -> object:
    access = Access(kubeconfig=str(server.kubeconfig), seconds=seconds)
    with connected(access, sleep=slept.append) as cluster:
        return cluster.list(DEFINITIONS)


def test_too_many_requests_and_failures_are_asked_again_after_a_while(tmp_path: Path) -> None:
    slept: list[float] = []
    busy = [status(429, "busy"), status(503, "later", Retry_After="7"), status(500, "etcd"), listed()]
    with stand_in({PATH: busy}, tmp_path) as server:
        found = _listed(server, slept)

    assert found == []
    assert slept == [0.5, 7.0, 2.0]
    assert server.asked == [f"GET {PATH} Bearer secret"] * 4


def test_a_failure_that_stays_is_told_after_the_last_try(tmp_path: Path) -> None:
    slept: list[float] = []
    with (
        stand_in({PATH: [status(500, "etcd is gone.")]}, tmp_path) as server,
        pytest.raises(Unanswered) as refused,
    ):
        _listed(server, slept)

    told = f"{server.kubeconfig}, context 'shop': {LIST}: the cluster answers 500: etcd is gone"
    assert (refused.value.finding.code.number, str(refused.value)) == ("MG765", told)
    assert slept == [0.5, 1.0, 2.0, 4.0]


def test_what_is_out_of_time_is_not_asked(tmp_path: Path) -> None:
    with stand_in({}, tmp_path) as server, pytest.raises(Unanswered) as refused:
        _listed(server, [], seconds=0.0)

    assert (refused.value.finding.code.number, server.asked) == ("MG766", [])


def test_no_wait_is_longer_than_the_time_that_is_left(tmp_path: Path) -> None:
    slept: list[float] = []
    with (
        stand_in({PATH: [status(429, "busy", Retry_After="3600")]}, tmp_path) as server,
        pytest.raises(Unanswered) as refused,
    ):
        _listed(server, slept, seconds=20.0)

    assert (refused.value.finding.code.number, slept) == ("MG766", [])


def test_a_pulled_set_judges_what_runs_there_and_is_the_same_the_next_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ports = {"type": "object", "properties": {"port": {"type": "integer"}}}
    whole = definition({"type": "object", "properties": {"spec": ports}})
    body = {"metadata": {**whole["metadata"], "uid": "1"}, "spec": whole["spec"], "status": {}}
    later = {**body, "metadata": {**body["metadata"], "uid": "2"}}
    with stand_in({PATH: [listed(body), listed(later)]}, tmp_path) as server:
        first = pulled(capsys, "--kubeconfig", str(server.kubeconfig))
        written = _files(tmp_path / "schemas")
        second = pulled(capsys, "--kubeconfig", str(server.kubeconfig))
    widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {port: x}\n"
    (tmp_path / "widget.yaml").write_text(widget)
    judged = run(["validate", "widget.yaml", "--schemas", "schemas"])

    assert first == second == (0, "", "", True)
    assert sorted(written) == ["cluster/1/index.json", next(name for name in written if "kinds" in name)]
    assert _files(tmp_path / "schemas") == written
    assert judged == 1
    assert capsys.readouterr().err.startswith("widget.yaml:4:14: error[MG4")


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_definition_of_no_use_is_an_error_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stand_in({PATH: [listed(definition({"type": "object", "$ref": "#"}))]}, tmp_path) as server:
        code, out, err, is_written = pulled(capsys, "--kubeconfig", str(server.kubeconfig))

    assert (code, out, is_written) == (1, "", False)
    assert err.startswith("widgets.example.com.yaml:")


OFFLINE = """
import os, sys
def refuse(event, args):
    if event.startswith("socket.") or (event == "open" and args[0] == os.environ["KUBECONFIG"]):
        raise AssertionError(f"{event} {args}")
sys.addaudithook(refuse)
from meshgen.cli import run
code = run(sys.argv[1:])
assert not [name for name in sys.modules if name.partition(".")[0] in ("kubernetes", "urllib3")]
sys.exit(code)
"""


@pytest.mark.parametrize("command", ["render", "validate"])
def test_without_being_told_to_nothing_opens_a_socket_or_reads_a_kubeconfig(
    command: str, tmp_path: Path
) -> None:
    file = kubeconfig(tmp_path, "http://127.0.0.1:1")
    words = [command, str(ROOT / "examples" / "bookinfo"), "--mesh", "istio"]
    env = {**os.environ, "KUBECONFIG": str(file), "PYTHONPATH": str(ROOT)}
    offline, live = (
        subprocess.run(
            [sys.executable, "-c", OFFLINE, *words, *how],
            check=False,
            capture_output=True,
            encoding="utf-8",
            env=env,
        )
        for how in ([], ["--live"])
    )

    assert (offline.returncode, "Traceback" in offline.stderr) == (0, False)
    assert "AssertionError at meshgen/cluster/connection.py" in live.stderr  # so nothing is overlooked
