import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { paletteModule } from './testing.ts';

interface Connection {
  state: string;
  told: Set<string>;
  subscribe(subscriber: object): () => void;
  heard(topic: string, payload: Buffer, retained: boolean): void;
  granted(filter: string, error: null, granted: { qos: number }[]): void;
}

const { Connection } = paletteModule<{ Connection: new (settings: object) => Connection }>(
  'lib/connection.js',
);

let connection: Connection;
let gone: string[];

beforeEach(() => {
  vi.useFakeTimers();
  gone = [];
  connection = new Connection({});
  connection.subscribe({
    ...{ filter: 'ticket/#', lasting: true, heard: () => {}, answered: () => {} },
    gone: (topic: string) => gone.push(topic),
  });
  connection.state = 'connected';
});
afterEach(() => {
  vi.useRealTimers();
});

/** A connection is made, and the broker tells everything that is retained. */
function connect(tickets: number): void {
  connection.told = new Set();
  connection.granted('ticket/#', null, [{ qos: 1 }]);
  for (let id = 0; id < tickets; id += 1) {
    connection.heard(`ticket/${id}`, Buffer.from('{}'), true);
  }
  vi.advanceTimersByTime(10_000);
}

it('tells what is gone since the connection before', () => {
  connect(3);
  expect(gone).toEqual([]);
  connect(2);
  expect(gone).toEqual(['ticket/2']);
});

it('takes nothing for gone when more stands than it can remember', () => {
  connect(5_000);
  connect(5_000);
  expect(gone).toEqual([]);
});
