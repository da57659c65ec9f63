"""What is changed in upstream's objects, one file per component: `VARIANTS`, each a `Variant` of `patch.py`."""
