"""The options that choose a live cluster; only commands that ask one have them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import Any

import click

from meshgen.api import Surroundings
from meshgen.cli.options import Command
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.cluster import Access, Unanswered
from meshgen.diagnostics import Findings
from meshgen.source import MapNode

_CHOOSING = ("kubeconfig", "context", "seconds")


def live_options(help: str) -> Callable[[Command], Command]:
    """Add --live, and what says which cluster is asked then: `access` is None where none is."""

    def add(command: Command) -> Command:
        @click.option("--live", "is_live", is_flag=True, help=help)
        @access_options
        @functools.wraps(command)
        def with_live(*, is_live: bool, access: Access, **options: Any) -> int:
            if not is_live:
                _refuse_access()
            return command(access=access if is_live else None, **options)

        return with_live

    return add


def _refuse_access() -> None:
    """Refuse to be told of a cluster that nobody asks."""
    here = click.get_current_context()
    for parameter in here.command.params:
        source = here.get_parameter_source(parameter.name or "")
        if parameter.name in _CHOOSING and source is click.core.ParameterSource.COMMANDLINE:
            raise misuse(f"{parameter.opts[0]} needs a cluster to ask", hint="add --live")


def surroundings_of(access: Access | None, stage: Callable[[str], None]) -> Surroundings:
    """Ask a cluster, once it is known of which namespaces, for their Services and workloads."""

    def ask(namespaces: Collection[str]) -> tuple[MapNode, ...]:
        if access is None or not namespaces:
            return ()
        from meshgen.cluster import connected
        from meshgen.surroundings import surroundings

        with connected(access, stage=stage) as cluster:
            return tuple(surroundings(cluster, namespaces))

    return ask


def tell_unanswered(refused: Unanswered, telling: Telling) -> int:
    """Tell why a cluster could not be asked, and give the exit code of that."""
    findings = Findings()
    findings.extend([refused.finding])
    telling.tell(findings, summary="nothing written")
    return 2


def access_options(command: Command) -> Command:
    """Add the options that say which cluster is asked, and for how long; they arrive as `access`."""

    @click.option(
        "--kubeconfig",
        metavar="FILE",
        type=click.Path(),
        help="How to reach the cluster.  [default: KUBECONFIG, else ~/.kube/config, else the pod's account]",
    )
    @click.option("--context", metavar="NAME", help="The context to use.  [default: the current one]")
    @click.option(
        "--timeout",
        "seconds",
        metavar="SECONDS",
        type=click.FloatRange(min=0, min_open=True),
        default=60.0,
        show_default=True,
        help="How long the cluster may take in all.",
    )
    @functools.wraps(command)
    def with_access(*, kubeconfig: str | None, context: str | None, seconds: float, **options: Any) -> int:
        return command(access=Access(kubeconfig=kubeconfig, context=context, seconds=seconds), **options)

    return with_access
