"""`meshgen test`: requests, and whether what becomes of them is what somebody expects."""

from __future__ import annotations

import click

from meshgen.cli.clusters import mesh_option, partial_option, settings_option
from meshgen.cli.help import Verbatim
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.subjects import Subjects, Wanted, manifests_option, subjects
from meshgen.cli.telling import Telling
from meshgen.diagnostics import Code, Findings
from meshgen.intent.load import load_tests
from meshgen.proof.meshtest import Coverage, Ran, coverage, not_covered, run
from meshgen.report.tests import as_json, as_junit, as_text, summary

NO_TEST = Code(
    number="MG609", slug="no-test", meaning="The files hold no test that could be run, so nothing is shown."
)

_FORMS = {"text": as_text, "json": as_json, "junit": as_junit}


@click.command("test", cls=Verbatim)
@inputs("FILE")
@mesh_option("A mesh, a profile of the set, a file with one, or all: run the tests on it too.")
@settings_option
@partial_option
@manifests_option
@click.option("-k", "only", metavar="NAME", help="Run only the tests whose name holds NAME.")
@click.option(
    "--fail-under",
    type=click.IntRange(0, 100),
    metavar="PERCENT",
    help="Fail where fewer routes and rules of the intent are reached.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="text",
    show_default=True,
    help="How the results on stdout are written.",
)
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    mesh: str | None,
    settings: tuple[str, ...],
    is_partial: bool,
    manifests: tuple[str, ...],
    only: str | None,
    fail_under: int | None,
    form: str,
    telling: Telling,
) -> int:
    """Run the MeshTest documents among files.

    FILE is a file, a folder that is searched for *.yaml and *.yml, or - for
    standard input. Each test names requests and what should become of them; what it
    does not name is not compared. The intents among the files answer, and with --mesh
    the manifests that are rendered of them; with --manifests those of anybody. No
    cluster is asked. A route or rule of an intent is reached when it decides about a
    request.

    For example:
      meshgen test examples/bookinfo
      meshgen test examples/bookinfo -m all --fail-under 80
      meshgen test tests.yaml services.yaml --manifests istio/
      meshgen test examples/bookinfo -k jason --format junit > results.xml

    Exit codes:
      0  every test passes
      1  a test fails, or a finding is an error (see --fail-on)
      2  the command line is wrong
      3  a bug of meshgen
    """
    findings = Findings()
    with telling.progress() as progress:
        progress.stage("reading")
        wanted = Wanted(mesh=mesh, settings=settings, is_partial=is_partial, manifests=manifests)
        found = subjects(names, wanted, findings=findings)
        progress.stage("testing")
        ran = _run(found, only, findings)
    results = [each.result for each in ran]
    findings.extend(failure for each in results for failure in each.failures)
    covered = _covered(found, ran, findings, fail_under)
    is_read = write_out(_FORMS[form](results, covered) if results else "", findings)
    telling.tell(findings, summary=summary(results, covered))
    if not is_read:
        return BROKEN_PIPE
    return 1 if telling.fails(findings) else 0


def _run(found: Subjects, only: str | None, findings: Findings) -> list[Ran]:
    tests = load_tests(found.documents.tests, findings=findings)
    if findings.has_errors:
        return []
    ran = [each for subject in found.every for each in run(tests, subject, only=only)]
    if not ran:
        what = "no MeshTest among the files" if not tests else f"no test whose name holds {only!r}"
        findings.add(NO_TEST, f"there is {what}", hint="name a file that holds one")
    return ran


def _covered(found: Subjects, ran: list[Ran], findings: Findings, fail_under: int | None) -> Coverage | None:
    if found.meant is None or not ran:
        return None
    covered = coverage(found.meant, [each.outcome for each in ran if each.outcome is not None])
    lacking = None if fail_under is None else not_covered(covered, fail_under)
    findings.extend(() if lacking is None else (lacking,))
    return covered
