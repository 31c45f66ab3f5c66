# syntax=docker/dockerfile:1

FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY migrations migrations
COPY scripts/build-page.mjs scripts/
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production \
    REVIVER_HOST=0.0.0.0 \
    REVIVER_CONFIG=/app/config/reviver.yaml \
    REVIVER_RUNBOOKS=/app/runbooks \
    REVIVER_KNOWLEDGE=/app/knowledge \
    REVIVER_DATA=/data
WORKDIR /app
# pg_dump and pg_restore of version 15, as the server of docker-compose.yml.
RUN apt-get update && apt-get install -y --no-install-recommends git postgresql-client && rm -rf /var/lib/apt/lists/*
# The image's own user `node` has these ids too; they are written out because volumes are made for them.
RUN mkdir /data /backups && chown 1000:1000 /data /backups
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY config config
COPY runbooks runbooks
COPY knowledge knowledge
USER 1000:1000
VOLUME ["/data", "/backups"]
EXPOSE 8014 9091
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8014}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Signals reach node, not a shell: a stop hands recoveries over.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["start"]
