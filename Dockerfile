# The worker alone: no development tools, no secrets. Settings come from the environment.
FROM python:3.13-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --require-hashes --requirement /tmp/requirements.lock \
    && /opt/venv/bin/pip uninstall --yes pip

FROM python:3.13-slim-bookworm

RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin worker
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY liverows liverows
COPY worker worker
COPY supabase/migrations supabase/migrations
RUN python -m compileall -q liverows worker

# The health server answers outside the container too; a load balancer may ask it.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LIVEROWS_HEALTH_HOST=0.0.0.0 \
    LIVEROWS_HEALTH_PORT=8080
EXPOSE 8080
USER 10001

HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['LIVEROWS_HEALTH_PORT']}/healthz\", timeout=4)"]

# Exec form: SIGTERM reaches the worker, which then drains.
ENTRYPOINT ["python", "-m", "worker"]
CMD ["run"]
