# The whole image, because it has the C compiler for the index of stored queries and for stories.
FROM python:3.12 AS build
WORKDIR /src
RUN python -m venv /opt/pantau
COPY .ci/constraints.txt .ci/
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
RUN /opt/pantau/bin/pip install --no-cache-dir --disable-pip-version-check --constraint .ci/constraints.txt .

FROM python:3.12-slim
RUN groupadd --gid 10001 pantau \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin pantau \
 && install --directory --owner pantau --group pantau --mode 0750 /data
COPY --from=build /opt/pantau /opt/pantau
ENV PATH=/opt/pantau/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# A number, so that Kubernetes' runAsNonRoot can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["pantau", "check", "--running", "-c", "/config/config.toml"]
CMD ["pantau", "run", "-c", "/config/config.toml"]
