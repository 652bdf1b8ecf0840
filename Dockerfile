# docker build -t dateline . — what is served runs as a user without rights, from a root that may be read-only.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional --omit=peer --ignore-scripts
# Half of it nobody runs: types and maps, and what Prisma has for other databases.
RUN find node_modules \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -type d -empty \) -delete && \
  find node_modules/@prisma/client/runtime -name 'query_compiler_*' ! -name '*.postgresql.*' -delete

FROM node:22-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/var/lib/dateline NODE_OPTIONS=--max-old-space-size=768 MALLOC_ARENA_MAX=2
WORKDIR /app
# Owned by root: who breaks in can change nothing of it.
COPY --from=build /app/package.json /app/README.md ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/prisma prisma
COPY --from=build /app/schema schema
COPY --from=build /app/site site
# The folder is the one place it writes to, and only without DATABASE_URL.
RUN ln -s /app/dist/cli/dateline.js /usr/local/bin/dateline && install -d -o node -g node -m 0700 /var/lib/dateline
VOLUME /var/lib/dateline
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["dateline"]
CMD ["serve"]
