"""Schemas as files: an imported set brought into its folder, and kinds laid out for other validators."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from meshgen.crd import export as kinds
from meshgen.crd import index
from meshgen.crd.importer import Imported
from meshgen.crd.index import INDEX, SCHEMAS
from meshgen.crd.store import Store
from meshgen.diagnostics import Findings
from meshgen.folder import Changes, write

_OURS = re.compile(r"[A-Za-z0-9]+-[0-9a-f]{12}\.json")


def keep(imported: Imported, root: Path, *, findings: Findings) -> None:
    """Store a set as `root/project/version`: its schemas first, then the index that names them.

    In the folder of schemas, which the sets of a project share, what no set names any more goes.
    Reports MG704.
    """
    project = root / imported.index.project
    home = project / imported.index.version
    kinds = home.parent / SCHEMAS.name
    new = {name: content for name, content in imported.schemas.items() if not _has(kinds / name, content)}
    write(Changes(folder=kinds, written=new, removed=()), findings=findings)
    if findings.has_errors:
        return
    content = index.write(imported.index)
    if not _has(home / INDEX, content):
        write(Changes(folder=home, written={INDEX: content}, removed=()), findings=findings)
    write(Changes(folder=kinds, written={}, removed=_unnamed(project, kinds)), findings=findings)


def _has(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _unnamed(project: Path, kinds: Path) -> tuple[str, ...]:
    ours = {path.name for path in kinds.iterdir() if _OURS.fullmatch(path.name)}
    indexes = [index.read(path.read_bytes()) for path in sorted(project.glob(f"*/{INDEX}"))]
    named = {name for each in indexes for entry in each.entries for name in entry.served.values()}
    return tuple(sorted(ours - named))


def export(store: Store, root: Path, *, findings: Findings) -> None:
    """Write each kind, at each version that is served, where kubeconform looks for it. Reports MG704."""
    laid_out: dict[Path, dict[str, bytes]] = defaultdict(dict)
    for _, entry in store.kinds():
        for version in entry.served:
            kind = store.load(entry, version)
            path = root / kinds.kubeconform_path(kind)
            laid_out[path.parent][path.name] = kinds.written(kind).encode()
    for folder in sorted(laid_out):
        write(Changes(folder=folder, written=laid_out[folder], removed=()), findings=findings)
