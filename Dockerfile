# syntax=docker/dockerfile:1
# Nightglass as a container. Targets: `cpu` (default) and `cuda`.
#
#   docker build -t nightglass .
#   docker build -t nightglass:cuda --target cuda .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -v nightglass-data:/data -v ./nightglass.yaml:/etc/nightglass/nightglass.yaml:ro \
#     -p 8480:8480 nightglass
#
# The configuration says `data: /data` and `server: { host: 0.0.0.0 }`, which needs a token.
ARG NODE=24-bookworm-slim

FROM node:${NODE} AS build
WORKDIR /src
# Install steps of dependencies would fetch from outside the npm registry; none is needed here.
ENV SKIP_FFMPEG=true ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN npm run build && npm run build:web
# What runs: the packages of the program alone. The image brings Node itself.
RUN npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/node node_modules/node-bin-* node_modules/.bin/node

FROM build AS build-cuda
# CUDA's half of ONNX Runtime, from NuGet.
RUN ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild --foreground-scripts onnxruntime-node

# The program's files, owned by root: it cannot change itself.
FROM scratch AS program
COPY --from=build /src/package.json /src/NOTICE /src/LICENSE /app/
COPY --from=build /src/bin /app/bin
COPY --from=build /src/dist /app/dist
COPY --from=build /src/models /app/models
COPY --from=build /src/fonts /app/fonts
COPY --from=build /src/demo/clips /app/demo/clips
COPY --from=build /src/docs/evaluation.json /app/docs/evaluation.json
COPY --from=build /src/web/dist /app/web/dist
COPY --from=build /src/deploy/docker /app/deploy/docker

FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04 AS cuda
COPY --from=build /usr/local/bin/node /usr/local/bin/node
RUN groupadd --gid 10001 nightglass \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin nightglass \
  && install -d -o nightglass -g nightglass -m 0700 /data
COPY --from=program /app /app
COPY --from=build-cuda /src/node_modules /app/node_modules
# What libraries leave in a home is no part of the data.
ENV NODE_ENV=production HOME=/tmp NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility,video
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8480
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=4 \
  CMD ["node", "/app/deploy/docker/health-check.mjs"]
ENTRYPOINT ["node", "/app/bin/nightglass.mjs"]
CMD ["run", "-c", "/etc/nightglass/nightglass.yaml"]

FROM node:${NODE} AS cpu
RUN groupadd --gid 10001 nightglass \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin nightglass \
  && install -d -o nightglass -g nightglass -m 0700 /data \
  && rm -rf /usr/local/lib/node_modules/npm /usr/local/bin/npm /usr/local/bin/npx /opt/yarn*
COPY --from=program /app /app
COPY --from=build /src/node_modules /app/node_modules
# What libraries leave in a home is no part of the data.
ENV NODE_ENV=production HOME=/tmp
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8480
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=4 \
  CMD ["node", "/app/deploy/docker/health-check.mjs"]
ENTRYPOINT ["node", "/app/bin/nightglass.mjs"]
CMD ["run", "-c", "/etc/nightglass/nightglass.yaml"]
