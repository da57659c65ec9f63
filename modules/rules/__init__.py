"""Rules and warnings about settings, one module per area. They read settings and may read everything below the stacks."""

import modules.settings  # noqa: F401 - settings still import some rules, so they are loaded first
