# The whole product in one image. The official image's Node only brings pnpm; the code runs on the Node that
# package.json pins.
FROM node:24-slim
ENV CI=true CARETAKER_DATA=/data
WORKDIR /caretaker
RUN mkdir /data && chown node:node /caretaker /data
USER node
COPY --chown=node:node . .
RUN npx -y pnpm@12 install --frozen-lockfile && npx -y pnpm@12 --filter @caretaker/web build
VOLUME /data
STOPSIGNAL SIGINT
CMD ["node_modules/.bin/node", "cli/src/main.ts", "start"]
