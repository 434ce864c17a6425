"""Every document of upstream's manifests gets the verdict that upstream gives it, for upstream's reason.

`verdicts.yaml` has a row for each document: the cluster by which it is judged, the verdict and where upstream
says so, the message that upstream's own test expects, and all that we find.
"""

from __future__ import annotations

import os

import pytest

from meshgen.ladder import judge
from tests.conformance.clusters import ladder_of, lines
from tests.conformance.corpora import documents
from tests.conformance.verdicts import Row, rows

pytestmark = pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no corpora")


def test_every_document_has_a_row_and_every_row_a_document() -> None:
    assert [(row.file, row.document, row.says) for row in rows()] == [
        (document.file, document.name, document.err) for document in documents()
    ]


@pytest.mark.parametrize(
    ("index", "row"), [*enumerate(rows())], ids=[f"{row.file} {row.document}" for row in rows()]
)
def test_a_document_gets_its_verdict_for_its_reason(index: int, row: Row) -> None:
    document = documents()[index]
    found = [*document.unread, *lines(judge(document.body, ladder_of(row.cluster)).complaints)]
    is_refused = any(line.startswith("error ") for line in found)

    assert list(row.finds) == found
    assert row.verdict == ("reject" if is_refused else "accept")
