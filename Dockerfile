# syntax=docker/dockerfile:1
# One file for every image of Keyflow:
#   --target service --build-arg SERVICE=ingest|licensing|dunning|notifier|outbound
#   --target keyflow   the operator's command; also what the topics job runs
#   --target sandbox   a stand-in for Stripe, for demonstrations
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages ./packages
COPY services ./services
# Manifests alone decide what is installed: a change of code keeps the layers of dependencies.
RUN find packages services -type f ! -name package.json -delete \
  && find packages services -type d -empty -delete

FROM ${NODE_IMAGE} AS installer
WORKDIR /app
ENV NODE_ENV=production
COPY --from=manifests /app ./

FROM installer AS service-dependencies
ARG SERVICE
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspace="services/${SERVICE}"

FROM installer AS keyflow-dependencies
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspace=packages/cli

FROM installer AS sandbox-dependencies
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspace=packages/stripe-sandbox

FROM ${NODE_IMAGE} AS runtime
WORKDIR /app
ENV NODE_ENV=production \
  NODE_OPTIONS=--no-warnings
# Nobody needs a package manager in an image that installs nothing.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn*

FROM runtime AS service
ARG SERVICE
# All of it, not node_modules alone: where two versions are wanted, one lies in the folder of its workspace.
COPY --from=service-dependencies /app ./
COPY packages/contracts ./packages/contracts
COPY packages/runtime ./packages/runtime
COPY packages/client ./packages/client
COPY services/${SERVICE} ./services/${SERVICE}
RUN ln -s "services/${SERVICE}" service && test -f service/src/main.ts
# By number, or a pod that must not run as root cannot tell that it does not.
USER 1000:1000
ENV HTTP_HOST=0.0.0.0
# Node is process 1 and takes SIGTERM itself: it finishes work in hand and exits with 0.
CMD ["node", "--import", "./packages/runtime/src/telemetry/preload.ts", "service/src/main.ts"]

FROM runtime AS keyflow
COPY --from=keyflow-dependencies /app ./
COPY packages/contracts ./packages/contracts
COPY packages/runtime ./packages/runtime
COPY packages/client ./packages/client
COPY services/dunning ./services/dunning
COPY services/licensing ./services/licensing
COPY packages/cli ./packages/cli
USER 1000:1000
ENTRYPOINT ["node", "packages/cli/src/main.ts"]

FROM runtime AS sandbox
COPY --from=sandbox-dependencies /app ./
COPY packages/stripe-sandbox ./packages/stripe-sandbox
USER 1000:1000
ENV STRIPE_SANDBOX_HOST=0.0.0.0
EXPOSE 12111
CMD ["node", "packages/stripe-sandbox/src/main.ts"]
