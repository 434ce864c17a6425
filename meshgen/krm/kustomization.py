"""The files that put meshgen into a kustomization, so that a build without it fails."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

from meshgen.intent.load import API_VERSION
from meshgen.manifest import MANAGED_BY, Manifest
from meshgen.scalars import Json, dump, scalar

RENDER = "meshgen.yaml"
SENTINEL = "meshgen-sentinel.yaml"
NAMES = "meshgen-names.conf"  # kpt and Flux take each file that ends like YAML for an object

_OF_RENDER = """\
# What meshgen renders here; `meshgen krm --help` says what may stand below spec.
"""
_OF_SENTINEL = """\
# Names one object that meshgen generates: where kustomize leaves meshgen out without a word, the build fails.
"""
_OF_KUSTOMIZATION = """\
# Build with: {command}
"""


class Form(enum.Enum):
    """How kustomize runs meshgen."""

    LEGACY = "legacy"
    EXEC = "exec"
    CONTAINER = "container"

    @property
    def command(self) -> str:
        """The command that builds such a kustomization."""
        return _COMMANDS[self]


_COMMANDS = {
    Form.LEGACY: "kubectl kustomize --enable-alpha-plugins .",
    Form.EXEC: "kustomize build --enable-alpha-plugins --enable-exec .",
    Form.CONTAINER: "kubectl kustomize --enable-alpha-plugins .",
}


def render_config(
    form: Form, *, image: str, mesh: str, intents: Sequence[str], options: Mapping[str, Json]
) -> str:
    """Write the MeshRender that is the configuration of the function or plugin."""
    metadata: dict[str, Json] = {"name": "meshgen"}
    head = _OF_RENDER + dump({"apiVersion": API_VERSION, "kind": "MeshRender"})
    spec = dump({"spec": {"mesh": mesh, "intents": list(intents), **options}})
    function = _function(form, image)
    return head + dump({"metadata": metadata}) + function + spec


def _function(form: Form, image: str) -> str:
    """Say by which program; kustomize reads the annotation as YAML, for people it stands as a block."""
    match form:
        case Form.LEGACY:
            return ""
        case Form.EXEC:
            lines = ["exec:", "  path: meshgen", "  args: [krm]"]
        case Form.CONTAINER:
            mount = "  - {type: bind, src: ., dst: /in}"
            lines = ["container:", f"  image: {scalar(image)}", "  mounts:", mount]
    block = "".join(f"      {line}\n" for line in lines)
    return f"  annotations:\n    config.kubernetes.io/function: |\n{block}"


def sentinel(manifest: Manifest, *, is_transformer: bool) -> str:
    """Write a patch that names an object; after a transformer it has to be a transformer itself."""
    patch: dict[str, Json] = {
        "apiVersion": manifest.api_version,
        "kind": manifest.kind,
        "metadata": {
            "name": manifest.name,
            "namespace": manifest.namespace,
            "labels": {MANAGED_BY: "meshgen"},
        },
    }
    if not is_transformer:
        return _OF_SENTINEL + dump(patch)
    head = dump(
        {"apiVersion": "builtin", "kind": "PatchTransformer", "metadata": {"name": "meshgen-sentinel"}}
    )
    block = "".join(f"  {line}\n" for line in dump(patch).splitlines())
    return f"{_OF_SENTINEL}{head}patch: |\n{block}"


def entries(*, is_transformer: bool) -> Mapping[str, Json]:
    """Give what stands in a kustomization for meshgen."""
    if is_transformer:
        return {"configurations": [NAMES], "transformers": [RENDER, SENTINEL]}
    return {"configurations": [NAMES], "generators": [RENDER], "patches": [{"path": SENTINEL}]}


def kustomization(form: Form, *, is_transformer: bool) -> str:
    """Write a kustomization that holds meshgen alone."""
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return _OF_KUSTOMIZATION.format(command=form.command) + dump(
        {**head, **entries(is_transformer=is_transformer)}
    )
