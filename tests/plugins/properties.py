"""How property tests run: whether a property holds does not depend on how fast the machine is."""

from hypothesis import HealthCheck, settings

settings.register_profile("egov", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("egov")
