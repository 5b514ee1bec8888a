# The whole product in one small image: what runs, on the Node that package.json pins, and nothing to build with.
FROM node:24.4.1-bookworm-slim AS build
ENV CI=true
WORKDIR /caretaker
COPY . .
RUN npx -y pnpm@12.21.0 install --frozen-lockfile \
  && npx -y pnpm@12.21.0 --filter @caretaker/web build \
  && cp -L node_modules/.bin/node /usr/local/bin/caretaker-node
# Once more, with what the command needs in production.
RUN find . -name node_modules -prune -exec rm -rf {} + \
  && npx -y pnpm@12.21.0 install --frozen-lockfile --prod --filter '@caretaker/cli...' --filter node-red-contrib-caretaker \
  && rm -f node_modules/.pnpm/node_modules/@caretaker/rig \
  && mkdir /out \
  && cp -a package.json node_modules cli cloud devices edge readings standards /out/ \
  && mkdir -p /out/dashboards/web \
  && cp -a dashboards/web/dist /out/dashboards/web/ \
  && chmod +x /out/cli/src/main.ts

FROM debian:12.11-slim
RUN groupadd --system --gid 10001 caretaker \
  && useradd --system --uid 10001 --gid caretaker --home-dir /data --shell /usr/sbin/nologin caretaker \
  && install -d -o caretaker -g caretaker -m 0700 /data \
  && ln -s /caretaker/cli/src/main.ts /usr/local/bin/caretaker
COPY --from=build /usr/local/bin/caretaker-node /usr/local/bin/node
COPY --from=build /out /caretaker
# Threads share their heaps of C memory, or a gateway grows by 10 MB and more for nothing.
ENV NODE_ENV=production CARETAKER_DATA=/data MALLOC_ARENA_MAX=2
WORKDIR /caretaker
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGINT
ENTRYPOINT ["caretaker"]
CMD ["start"]
