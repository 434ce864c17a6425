"""Schemas as files: an imported set brought into its folder, and kinds laid out for other validators."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Set
from pathlib import Path

from meshgen.crd import index
from meshgen.crd.export import kubeconform_path, written
from meshgen.crd.importer import Imported
from meshgen.crd.index import INDEX, SCHEMAS
from meshgen.crd.sets import sound_index
from meshgen.crd.store import Store, set_folders
from meshgen.diagnostics import Findings
from meshgen.folder import Changes, write

_OURS = re.compile(r"[A-Za-z0-9]+-[0-9a-f]{12}\.json")


def keep(imported: Imported, root: Path, *, findings: Findings) -> None:
    """Store a set as `root/project/version`: its schemas first, then the index that names them.

    In the folder of schemas, which the sets of a project share, what no set names any more goes.
    Reports MG704, and MG508 for a set beside this one that nobody can read; then nothing is written.
    """
    home = root / imported.index.project / imported.index.version
    named = _named_beside(home, findings) | imported.schemas.keys()
    if not findings.has_errors:
        _store(imported, home, findings)
    if not findings.has_errors:  # else what the index before names has to stay
        _sweep(home.parent / SCHEMAS.name, named, findings)


def _named_beside(home: Path, findings: Findings) -> set[str]:
    """Name the schemas that the other sets of a project share with this one."""
    beside = [folder for folder in set_folders(home.parent) if folder != home]
    contents = [sound_index(folder, findings=findings) for folder in beside]
    return {
        name
        for each in contents
        if each is not None
        for entry in each.entries
        for name in entry.served.values()
    }


def _store(imported: Imported, home: Path, findings: Findings) -> None:
    shared = home.parent / SCHEMAS.name
    new = {name: content for name, content in imported.schemas.items() if not _has(shared / name, content)}
    write(Changes(folder=shared, written=new, removed=()), findings=findings)
    if findings.has_errors:
        return
    content = index.write(imported.index)
    if not _has(home / INDEX, content):
        write(Changes(folder=home, written={INDEX: content}, removed=()), findings=findings)


def _sweep(shared: Path, named: Set[str], findings: Findings) -> None:
    ours = {path.name for path in shared.glob("*.json") if _OURS.fullmatch(path.name)}
    write(Changes(folder=shared, written={}, removed=tuple(sorted(ours - named))), findings=findings)


def _has(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def export(store: Store, root: Path, *, findings: Findings) -> None:
    """Write each kind, at each version that is served, where kubeconform looks for it. Reports MG704."""
    laid_out: dict[Path, dict[str, bytes]] = defaultdict(dict)
    for _, entry in store.kinds():
        for version in entry.served:
            kind = store.load(entry, version)
            path = root / kubeconform_path(kind)
            laid_out[path.parent][path.name] = written(kind).encode()
    for folder in sorted(laid_out):
        write(Changes(folder=folder, written=laid_out[folder], removed=()), findings=findings)
