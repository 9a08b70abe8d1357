"""Load the plugin from a checkout; an installed suite loads it with ``-p gradlaw.plugin``."""

pytest_plugins = ["gradlaw.plugin"]
