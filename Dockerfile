# Debian, not Alpine: the bundled PostgreSQL needs glibc.

FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY libs/component-sdk/package.json libs/component-sdk/
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 MILLRACE_HOME=/data
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE /app/NOTICE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# node_modules links to it: what plugins import.
COPY --from=build /app/libs/component-sdk/package.json libs/component-sdk/
COPY --from=build /app/libs/component-sdk/dist libs/component-sdk/dist
COPY --from=build /app/bin bin
COPY --from=build /app/scripts/ensure-built.mjs scripts/
COPY --from=build /app/flows flows
COPY --from=build /app/plugins plugins
RUN mkdir /data /blobs && chown node:node /data /blobs
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --start-period=30s --interval=15s --timeout=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=64", "bin/millrace.mjs"]
CMD ["start"]
