"""The meshes, a folder each, which know nothing of each other."""
