import path from 'node:path';
import { type Estate, loadEstate } from '@caretaker/devices/model';
import { silentLog } from '@caretaker/readings/base';
import { manualClock } from '@caretaker/readings/testing';
import { ticketsDigest } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal, scratch } from '../journal/testing.ts';
import { testEstateText } from '../testing.ts';
import type { TicketTaker } from '../uplink/index.ts';
import { Outward } from './outward.ts';
import { ticket } from './testing.ts';

let directory: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ directory, remove } = await scratch());
});
afterEach(() => remove());

it('says everything of a new estate, and takes back what is no more', async () => {
  const clock = Object.assign(manualClock(Date.parse('2026-11-22T00:00:00Z')), { known: true });
  const journal = await openJournal(path.join(directory, 'journal'));
  const retained = new Map<string, string>();
  let estate: Estate = loadEstate(testEstateText(), 'yard.yaml');
  let changed: (estate: Estate) => void = () => {};
  const takers: (TicketTaker | null)[] = [];
  const outward = new Outward({
    config: { discovery: { prefix: 'homeassistant', language: 'en' } },
    ...{ directory, gateway: 'yard-1', journal, clock, log: silentLog },
    inForce: {
      get estate() {
        return estate;
      },
      onEstate: (listener) => {
        changed = listener;
        return () => {};
      },
    },
    rules: { standing: () => [], onChanged: () => () => {}, onAlarm: () => () => {} },
    publisher: {
      async publish(topic, payload) {
        if (payload === '') retained.delete(topic);
        else retained.set(topic, payload);
      },
    },
    uplink: {
      synced: false,
      backlog: async () => ({ pending: 0 }),
      feedTickets: (taker) => void takers.push(taker),
    },
  });
  await outward.start();
  const assets = () => [...retained.keys()].filter((topic) => topic.includes('/state/')).sort();
  clock.advance(3_000);
  expect(assets()).toEqual(
    ['bin', 'gate', 'hall'].map((asset) => `ctk-events/1/yard/state/${asset}`),
  );
  const parts = () =>
    Object.keys(
      JSON.parse(retained.get('homeassistant/device/ctk_yard-1_bin/config') ?? '{}').components,
    );
  expect(parts()).toEqual(['fill_pct', 'tilt', 'problem']);
  const text = testEstateText()
    .replace(/ {2}- \{ id: hall.*\n/, '')
    .replace('fill_pct, tilt', 'tilt');
  estate = loadEstate(text, 'yard.yaml');
  changed(estate);
  clock.advance(3_000);
  expect([...retained.keys()].filter((topic) => topic.includes('hall'))).toEqual([]);
  expect(JSON.parse(retained.get('ctk-events/1/yard/state/bin') ?? '').metrics).toEqual({
    tilt: { value: null, at: null, silent: false },
  });
  expect(parts()).toEqual(['fill_pct', 'tilt', 'problem']);
  takers[0]?.take({ type: 'tickets', all: true, tickets: [ticket(7)] });
  clock.advance(3_000);
  expect([...retained.keys()].filter((topic) => /hall|ticket/.test(topic))).toEqual([
    'ctk-events/1/yard/ticket/7',
  ]);
  estate = loadEstate(testEstateText('park'), 'park.yaml');
  changed(estate);
  clock.advance(3_000);
  expect([...retained.keys()].filter((topic) => /\/yard\/|\/ticket\//.test(topic))).toEqual([]);
  expect(takers[0]?.digest()).toBe(ticketsDigest([]));
  expect(retained.has('ctk-events/1/park/gateway/yard-1')).toBe(true);
  await outward.stop();
  await journal.close();
  expect(JSON.parse(retained.get('ctk-events/1/park/gateway/yard-1') ?? '').state).toBe('offline');
});
