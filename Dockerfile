# meshgen as a function for kustomize and kpt, and as a command: compiled ahead, run by nobody.
FROM debian:12-slim AS build
RUN apt-get update && apt-get install --yes --no-install-recommends python3 python3-venv
COPY pyproject.toml README.md LICENSE /src/
COPY meshgen /src/meshgen
COPY templates /src/templates
COPY schemas /src/schemas
RUN python3 -m venv /opt/meshgen
RUN /opt/meshgen/bin/pip install --no-cache-dir --no-compile /src
RUN /opt/meshgen/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/meshgen/lib

FROM debian:12-slim
RUN apt-get update && apt-get install --yes --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/meshgen /opt/meshgen
ENV PATH=/opt/meshgen/bin:$PATH
USER nobody
WORKDIR /in
ENTRYPOINT ["meshgen"]
CMD ["krm"]
