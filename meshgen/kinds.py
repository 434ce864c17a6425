"""The kinds of document that the language has, each with its shape."""

from __future__ import annotations

from meshgen.backend import backends, blocks
from meshgen.intent.document import ObjectShape, shape_of
from meshgen.intent.model import MeshIntent
from meshgen.intent.testing import MeshTest
from meshgen.profile import profile_shape


def kinds() -> dict[str, ObjectShape]:
    """Give the shape of each kind by its name; a MeshProfile has the blocks that the backends declare."""
    return {
        "MeshIntent": shape_of(MeshIntent),
        "MeshProfile": profile_shape(blocks(backends())),
        "MeshTest": shape_of(MeshTest),
    }
