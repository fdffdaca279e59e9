"""Production settings plus two yardstick views; throttles off, since the bench is one impatient client."""

from egov.settings import *  # noqa: F403
from egov.settings import REST_FRAMEWORK

ROOT_URLCONF = "tests.bench.urls"
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": [], "DEFAULT_THROTTLE_RATES": {}}
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
