"""What the catalogue must know of rooms above it: names only."""

from egov.kernel.registries import Registry

# key of a case effect -> what it does, in a few words. Filled by ``casework`` from its own registry when all apps are
# loaded; while it is empty nobody told, and effects are not checked.
effect_keys: Registry[str] = Registry("keys of case effects")
