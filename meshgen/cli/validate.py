"""`meshgen validate`: intents and mesh manifests, judged as a cluster would, and by one where it is asked."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meshgen import profiles
from meshgen.api import read_documents, validate
from meshgen.cli.clusters import choose, mesh_option, schemas_option, settings_option
from meshgen.cli.help import Verbatim
from meshgen.cli.live import live_options
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.cluster import Access, Unanswered, connected
from meshgen.crd.sets import own_sets
from meshgen.diagnostics import Findings, Severity
from meshgen.inputs import read_inputs
from meshgen.intent.load import Documents
from meshgen.intent.show import objects
from meshgen.progress import Progress
from meshgen.report.text import count, counted
from meshgen.validation import Validation

if TYPE_CHECKING:
    from meshgen.dryrun import DryRun


class Unknown(enum.Enum):
    """What a kind without a schema is."""

    ERROR = "error"
    WARN = "warn"
    IGNORE = "ignore"

    @property
    def severity(self) -> Severity | None:
        """How grave it is; None: not told."""
        return _SEVERITIES[self]


_MANAGER = "kubectl"  # as kubectl apply --server-side calls itself
_SEVERITIES = {Unknown.ERROR: Severity.ERROR, Unknown.WARN: Severity.WARNING, Unknown.IGNORE: None}


@click.command("validate", cls=Verbatim)
@inputs("FILE")
@mesh_option(
    "A mesh, a profile of the set, a file with one, or all: judge by its version and rules, "
    "and intents by what it carries.  [default: the newest version of each mesh]",
)
@settings_option
@schemas_option
@click.option(
    "--unknown",
    type=click.Choice([unknown.value for unknown in Unknown]),
    help="What a kind is that no definition describes.  [default: warn; with --live ignore]",
)
@live_options("Ask a cluster too what would become of each object that is not an intent, by a dry run.")
@click.option(
    "--field-manager",
    "manager",
    metavar="NAME",
    help="With --live: who would apply the objects, as field managers are called.  [default: kubectl]",
)
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    mesh: str | None,
    settings: tuple[str, ...],
    schemas: tuple[Path, ...],
    unknown: str | None,
    access: Access | None,
    manager: str | None,
    telling: Telling,
) -> int:
    """Judge intents and the manifests of meshes as a cluster would.

    FILE is a file, a folder that is searched for *.yaml and *.yml, or - for
    standard input. Intents are read and checked by the rules of the language, and
    with --mesh by what that mesh carries. Any other object climbs a ladder: the
    schema of its kind, unknown fields and duplicates, CEL rules, what the mesh's
    admission webhooks and control plane refuse, and what contradicts itself among
    the files. What is not among the files may exist in the cluster: it is missed
    only where the files show its neighbours, such as Services of its namespace.

    With --live a cluster is asked as well, by a server-side dry run of applying each
    object: its own definitions, policies and webhooks judge then, and fields that
    somebody else applied are told. Nothing is written there. Each cause of a refusal
    is a finding at its field; what was found here already is not told again.

    For example:
      meshgen validate manifests/
      meshgen validate intent.yaml manifests/ -m linkerd
      kustomize build . | meshgen validate - -m istio --set version=1.29
      meshgen validate manifests/ --unknown error --report sarif=findings.sarif
      meshgen validate manifests/ --live --context staging
      meshgen render intent.yaml -m istio | meshgen validate - --live --field-manager argocd-controller

    An object whose owner lives with a finding says so, with the reason:
      metadata:
        annotations:
          meshgen.dev/ignore: "MG436 the old client needs it until spring"

    Exit codes:
      0  nothing is wrong
      1  a finding is an error (see --fail-on)
      2  the command line is wrong, or the cluster did not answer for every object
      3  a bug of meshgen
    """
    if settings and mesh is None:
        raise misuse("--set changes a profile, and none is named", hint="add --mesh NAME")
    if manager is not None and access is None:
        raise misuse("--field-manager names who would apply objects to a cluster", hint="add --live")
    findings = Findings()
    with telling.progress() as progress:
        progress.stage("reading")
        contents = read_inputs(names, findings=findings)
        documents = read_documents(() if findings.has_errors else contents, findings=findings)
        if mesh is None:
            profiles.read_profiles(documents.profiles, findings=findings)
        chosen = () if mesh is None else choose(mesh, settings, documents, findings)
        progress.stage("validating")
        sets = tuple(each for folder in schemas for each in own_sets(folder, findings=findings))
        gravity = Unknown(unknown or (Unknown.WARN if access is None else Unknown.IGNORE).value).severity
        judged = functools.cache(partial(validate, documents, chosen, schemas=sets, unknown=gravity))
        said = None if access is None else _ask(access, documents, manager or _MANAGER, progress, judged)
        found = judged()
    findings.extend((*found.findings, *(() if said is None else (*said.findings, *said.unanswered))))
    telling.tell(findings, summary=_summary(found, len(documents.intents), findings))
    if said is not None and said.unanswered:
        return 2
    return 1 if telling.fails(findings) else 0


def _ask(
    access: Access,
    documents: Documents,
    manager: str,
    progress: Progress,
    judged: Callable[[], Validation],
) -> DryRun:
    """Ask a cluster about each object, and judge them meanwhile."""
    from meshgen.dryrun import DryRun, dry_run  # nobody else needs a cluster's words

    asked = objects(documents.others)
    try:
        with connected(access, stage=progress.stage) as cluster:
            return dry_run(asked, cluster, manager=manager, meanwhile=lambda: judged().findings)
    except Unanswered as refused:
        return DryRun(findings=(), unanswered=(refused.finding,))


def _summary(found: Validation, intents: int, findings: Findings) -> str:
    """Say on one line what was looked at: `1 intent, 12 objects (2 of unknown kinds): 1 error`."""
    unknown = f" ({found.unknown} of unknown kinds)" if found.unknown > 0 else ""
    looked = ", ".join(
        (*((counted(intents, "intent"),) if intents else ()), counted(found.objects, "object"))
    )
    return f"{looked}{unknown}: {', '.join(count(findings)) or 'nothing found'}"
