"""A command line that cannot be understood: told like every other finding, with what to type instead."""

from __future__ import annotations

import os
import sys

import click

from meshgen.cli.telling import Color
from meshgen.diagnostics import Code, Diagnostic, Severity, near_miss
from meshgen.report import Format, report

USAGE = Code(number="MG710", slug="usage", meaning="The command line cannot be understood.")


class Misuse(click.UsageError):
    """A usage error whose finding is known, and what can be chosen instead, a line each."""

    def __init__(self, finding: Diagnostic, *, choices: tuple[str, ...] = ()) -> None:
        super().__init__(finding.message)
        self.finding = finding
        self.choices = choices


def misuse(message: str, *, hint: str | None = None, choices: tuple[str, ...] = ()) -> Misuse:
    """Refuse a command line, MG710."""
    return Misuse(_finding(message, hint), choices=choices)


def tell(error: click.UsageError) -> None:
    """Tell on stderr what is wrong with a command line, in our form, and the choices below it."""
    told = report([_told(error)], Format.TEXT, is_colored=Color.AUTO.is_on())
    choices = error.choices if isinstance(error, Misuse) else ()
    sys.stderr.write(told + "".join(f"    {choice}\n" for choice in choices))


def _told(error: click.UsageError) -> Diagnostic:
    match error:
        case Misuse(finding=known):
            return known
        case click.NoSuchOption(option_name=name):
            return _finding(f"there is no option {name!r}", _hint(error))
        case _:
            message = error.format_message().rstrip(".")
            return _finding(message[:1].lower() + message[1:], _hint(error))


def _finding(message: str, hint: str | None) -> Diagnostic:
    return Diagnostic(code=USAGE, message=message, severity=Severity.ERROR, hint=hint)


def _hint(error: click.UsageError) -> str | None:
    match error:
        case click.NoSuchOption(possibilities=[nearest, *_]):
            return f"did you mean {nearest!r}?"
        case click.NoSuchOption(ctx=click.Context(command=click.Group())):
            return "options stand behind the command"
        case click.UsageError(ctx=click.Context(command_path=path)):
            return f"{path} --help shows every option"
        case _:
            return None


# What people type who know other tools, and what does it here.
_RENDER = "meshgen render INTENT... --mesh NAME"
_MEANT = {
    "template build generate convert translate compile synth export": _RENDER,
    "plan drift": "meshgen diff INTENT... --mesh NAME --live",
    "compare changes delta semdiff": "meshgen diff OLD NEW",
    "apply deploy install create sync": f"{_RENDER} | kubectl apply -f -",
    "check": f"{_RENDER} --output-dir DIR --check",
    "lint vet conform analyze kubeconform": "meshgen validate FILE...",
    "prove proof equal equals equivalent same": "meshgen verify INTENT... --mesh NAME",
    "assert expect tests unittest coverage": "meshgen test FILE... --mesh NAME",
    "follow request curl simulate eval ask call debug": "meshgen trace METHOD URL -f FILE --mesh NAME",
    "new scaffold start bootstrap begin draft": "meshgen init -o intent.yaml",
    "format formatter reformat prettier tidy beautify": "meshgen fmt FILE...",
    "map draw visualize visualise dot mermaid diagram": "meshgen graph INTENT... -o graph.html",
    "features matrix support": "meshgen capabilities",
    "describe doc docs man why code codes rules": "meshgen explain CODE, or meshgen explain alone for a list",
    "profiles meshes clusters": "meshgen profile list",
    "function functions fn kpt resourcelist": "meshgen krm --help",
    "plugin plugins install-plugin generator transformer kustomization": "meshgen kustomize --help",
    "argo argo-cd cmp": "meshgen argocd --help",
    "flux fluxcd gitops": f"{_RENDER} --output-dir DIR --kustomization",
    "post-render post-renderer chart": "meshgen helm post-render --help",
    "action github sarif annotations": "meshgen validate FILE... --report github --report sarif=FILE",
    "gitlab codequality junit": "meshgen validate FILE... --report gitlab=FILE --report junit=FILE",
    "completions autocomplete complete": "meshgen completion bash",
    "help": "meshgen --help",
    "version": "meshgen --version",
}


def unknown_command(name: str, *, commands: tuple[str, ...]) -> Misuse:
    """Answer a word that is no command: by what it means elsewhere, else by what it looks like."""
    meant = next((typed for words, typed in _MEANT.items() if name in words.split()), None)
    if meant is not None:
        hint = f"type {meant}"
    elif os.path.exists(name):  # where a name is too long, Path.exists raises
        hint = f"type meshgen render {name} --mesh NAME"
    else:
        hint = near_miss(name, commands) or "meshgen --help shows every command"
    return misuse(f"there is no command {name!r}", hint=hint)
