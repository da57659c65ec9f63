"""Constructs, settings and data of the platform; never imports stacks.

Importing anything from here first installs the fast loader of the CDKTF bindings, which must be in place before the
first `cdktf_cdktf_provider_*` import.
"""

from modules.bindings import install

install()
