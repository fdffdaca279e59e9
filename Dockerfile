# One image for web, worker and beat.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements-pip.txt requirements.txt ./
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-pip.txt \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
# Building needs no secret and no database: translations and static files only.
RUN .venv/bin/python manage.py compile_translations \
    && EGOV_STATIC_DIR=/app/static-collected .venv/bin/python bin/_prepare.py collect

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app egov \
    && install -d -m 700 -o egov -g egov /data /data/files /data/keys /data/run /data/metrics
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EGOV_STATIC_DIR=/app/static-collected \
    EGOV_RUN_DIR=/data/run \
    EGOV_FILES_DIR=/data/files \
    EGOV_KEYS_DIR=/data/keys \
    EGOV_METRICS_DIR=/data/metrics
USER egov
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["python", "-m", "egov.serve", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--blocking-threads-idle-timeout", "600", \
     "--respawn-failed-workers", "--workers-kill-timeout", "20", "--no-access-log"]
