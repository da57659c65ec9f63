"""Pictures of a platform as SVG, drawn from its generated JSON and the catalogue.

`Found` reads the documents, the modules of pictures make blocks of it, `blocks` lays them out, `svg` writes them.
"""
