import type { EventEmitter } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { aliveMs, type ChildNews, type ChildOrder, type ChildWord } from './messages.ts';
import { Scribe } from './scribe.ts';
import { editorRoot, settingsOf } from './settings.ts';

/*
 * The process that runs Node-RED, with flows that may loop, crash or eat all memory: nothing of the gateway is in it.
 */

// Node-RED is a module of the older kind.
const require = createRequire(import.meta.url);

/** The part of Node-RED that we use; it brings no types. */
interface Red {
  init(server: Server, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly httpAdmin: RequestListener;
  readonly events: EventEmitter;
}

function tell(news: ChildNews): void {
  if (process.connected) process.send?.(news);
}

/** Ends this process with its parent, also while a flow loops and no message is read. */
function dieWithParent(): void {
  const watch = new Worker(new URL('./orphan.ts', import.meta.url), { workerData: process.ppid });
  watch.unref();
  process.once('disconnect', () => process.exit());
}

async function run(order: ChildOrder): Promise<void> {
  const RED: Red = require('node-red');
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (!path.startsWith(`${editorRoot}/`)) {
      response.writeHead(404).end();
      return;
    }
    request.url = path.slice(editorRoot.length);
    RED.httpAdmin(request, response);
  });
  const scribe = new Scribe((level, text) => tell({ type: 'log', level, text }));
  const handler = () => (entry: { level: number; msg: unknown }) =>
    scribe.note(entry, performance.now());
  const logging = { gateway: { level: 'info', metrics: false, audit: false, handler } };
  RED.init(server, { ...settingsOf(order), logging });
  // Said before a flow gets the chance to hold up what comes after.
  RED.events.on('flows:starting', () => tell({ type: 'flows' }));
  process.on('message', (word: ChildWord) => {
    if (word.type === 'stop') void RED.stop().finally(() => process.exit(0));
  });
  await RED.start();
  server.listen(order.socket, () => tell({ type: 'ready' }));
}

if (process.send !== undefined) {
  dieWithParent();
  process.once('message', (word: ChildWord) => {
    if (word.type === 'start') void run(word);
  });
  setInterval(() => tell({ type: 'alive', rss: process.memoryUsage.rss() }), aliveMs);
}
