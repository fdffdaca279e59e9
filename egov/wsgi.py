"""WSGI entry point (Granian in production)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from egov.routing.rules import text

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egov.settings")
application = get_wsgi_application()

# All views are imported, and the segmenter has its dictionary, before the first visitor comes. What is loaded by then lives as long as the process:
# the collector need not walk it again, and it walks the rest less often (a third of the time of long lists else).
get_resolver().url_patterns  # noqa: B018
text.chinese_words("办事")
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
