"""egov: one house for four service modes."""

from egov.celery import app as celery_app

__all__ = ["celery_app"]
