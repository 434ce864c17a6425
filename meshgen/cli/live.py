"""The options that choose a live cluster; only commands that ask one have them."""

from __future__ import annotations

import functools
from typing import Any

import click

from meshgen.cli.options import Command
from meshgen.cluster import Access


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
