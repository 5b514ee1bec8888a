import { describe, expect, it } from 'vitest';
import { LiveConnection } from './connection.ts';
import type { LiveEvent } from './store.ts';

const ticket = (id: string, n: number) => `id: ${id}\nevent: ticket\ndata: {"id":${n}}\n\n`;

/** A service whose streams the test writes by hand. */
function service() {
  const opened: { lastId: string | undefined; say(text: string): void; end(): void }[] = [];
  const fetch = (_url: string, init: RequestInit): Promise<Response> => {
    const encoder = new TextEncoder();
    let control: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(c) {
        control = c;
      },
    });
    init.signal?.addEventListener('abort', () => {
      try {
        control?.error(init.signal?.reason);
      } catch {
        // Ended already.
      }
    });
    opened.push({
      lastId: (init.headers as Record<string, string>)['last-event-id'],
      say: (text) => control?.enqueue(encoder.encode(text)),
      end: () => control?.close(),
    });
    return Promise.resolve(new Response(body));
  };
  return { opened, fetch };
}

/** Lets everything that can go on go on. */
async function settle(until: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !until(); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(until()).toBe(true);
}

function start(loadSnapshot: () => Promise<void>) {
  const { opened, fetch } = service();
  const events: LiveEvent[] = [];
  const errors: unknown[] = [];
  const pauses: { ms: number; go(): void }[] = [];
  const connection = new LiveConnection({
    url: '/api/events',
    fetch,
    loadSnapshot,
    onEvent: (event) => events.push(event),
    onStatus: ({ error }) => error !== null && errors.push(error),
    monotonic: () => opened.length,
    pause: (ms, signal) =>
      new Promise((resolve) => {
        pauses.push({ ms, go: resolve });
        signal.addEventListener('abort', () => resolve());
      }),
  });
  void connection.run();
  const ids = () => events.map((e) => (e.event === 'ticket' ? e.data.id : e.event));
  const retry = async () => {
    await settle(() => pauses.some((p) => p.ms < 10_000));
    for (const p of pauses.splice(0)) if (p.ms < 10_000) p.go();
  };
  return { connection, opened, ids, errors, pauses, retry };
}

describe('the live connection', () => {
  it('holds events back until the snapshot is in', async () => {
    let finish = () => {};
    const loaded = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let asked = 0;
    const live = start(() => {
      asked += 1;
      return loaded;
    });
    await settle(() => asked === 1);
    live.opened[0]?.say(ticket('b-1', 1));
    await settle(() => live.pauses.length >= 2);
    expect(live.ids()).toEqual([]);
    finish();
    await settle(() => live.ids().length === 1);
    live.connection.stop();
  });

  it('resumes by the last id without a new snapshot', async () => {
    let asked = 0;
    const live = start(() => {
      asked += 1;
      return Promise.resolve();
    });
    await settle(() => asked === 1);
    live.opened[0]?.say(ticket('b-41', 1));
    await settle(() => live.ids().length === 1);
    live.opened[0]?.end();
    await live.retry();
    await settle(() => live.opened.length === 2);
    expect(live.opened[1]?.lastId).toBe('b-41');
    live.opened[1]?.say(ticket('b-42', 2));
    await settle(() => live.ids().length === 2);
    expect(asked).toBe(1);
    live.connection.stop();
  });

  it('takes a new snapshot when the service says reset', async () => {
    let asked = 0;
    const live = start(() => {
      asked += 1;
      return Promise.resolve();
    });
    await settle(() => asked === 1);
    live.opened[0]?.say('event: reset\ndata: {"reason":"too old"}\n\n');
    await settle(() => asked === 2);
    expect(live.ids()).toEqual(['reset']);
    live.connection.stop();
  });

  it('starts anew when the snapshot fails, and says why', async () => {
    const failure = new Error('no answer');
    const live = start(() => Promise.reject(failure));
    await settle(() => live.errors.length === 1);
    expect(live.errors).toEqual([failure]);
    await live.retry();
    await settle(() => live.opened.length === 2);
    expect(live.opened[1]?.lastId).toBeUndefined();
    live.connection.stop();
  });

  it('drops a stream that has gone silent', async () => {
    const live = start(() => Promise.resolve());
    await settle(() => live.pauses.some((p) => p.ms === 10_000));
    for (const p of live.pauses.splice(0)) p.go();
    await settle(() => live.errors.length === 1);
    await live.retry();
    await settle(() => live.opened.length === 2);
    live.connection.stop();
  });
});
