# One image for web, worker and beat: docker-compose.yml says which command each one runs.

FROM python:3.11-slim-bookworm AS libraries
COPY requirements.txt .
# The lock is complete and hashed: nothing else can come in.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.txt

FROM python:3.11-slim-bookworm
# What WeasyPrint draws text with, and one font.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /nonexistent portal \
    && install --directory --owner portal /data /data/media /data/anchors
COPY --from=libraries /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp \
    DJANGO_SETTINGS_MODULE=cpts_portal.settings.production \
    MEDIA_ROOT=/data/media \
    ANCHOR_DIR=/data/anchors
WORKDIR /app
COPY . .
# Static files get their final names and their compressed copies now, not at each start.
# These settings serve this command only: the key is drawn and forgotten.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ALLOWED_HOSTS=localhost DATABASE_URL=postgresql://nobody@localhost/none \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q .
USER portal
VOLUME /data/media /data/anchors
EXPOSE 8000
# The address of a simulation holds up to a thousand communes, twice when one is kept to compare.
CMD ["gunicorn", "cpts_portal.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", \
     "--limit-request-line", "8190"]
