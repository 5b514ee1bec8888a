import type { Asset, AssetState, Ticket } from '@caretaker/cloud/contract';
import { describe, expect, it } from 'vitest';
import { fresh } from '../tickets/testing.ts';
import { LiveHub } from './hub.ts';
import { StreamParser } from './sse.ts';
import { applyEvent, applySnapshot, emptyLiveData } from './store.ts';

const ok: AssetState = {
  verdict: 'ok',
  phase: 'ok',
  severity: null,
  since: null,
  until: null,
  rule: null,
  fact: null,
  tickets: [],
  points: { ok: 1, breach: 0, pending: 0, unknown: 0 },
  planned: null,
};
const asset = (id: string): Asset => ({
  id,
  estate: 'lakeside',
  asset: id.split('/')[1] ?? '',
  name: { en: id, zh: id },
  kind: 'bin',
  kindLabel: { en: 'Bin', zh: '垃圾桶' },
  touchpoint: 'TP07',
  group: 'bins',
  place: { en: 'North', zh: '北' },
  gateway: 'lakeside-1',
  demo: true,
  state: ok,
});
const ticket = (id: number, revision: number): Ticket => ({
  ...fresh,
  id,
  ref: `CT-${id}`,
  subject: 'lakeside/bin-1',
  revision,
});
const reading = (at: number, value: number) =>
  ({
    id: 'lakeside/bin-1/fill_pct',
    value,
    at,
    verdict: 'ok',
    phase: 'ok',
    severity: null,
  }) as const;

describe('the event stream parser', () => {
  const wire = 'id: b-1\nevent: ticket\ndata: {"a":\ndata: 1}\n\n: beat\r\n\r\ndata: x\r\n\r\n';
  const expected = [
    { event: 'ticket', data: '{"a":\n1}', id: 'b-1' },
    { event: 'message', data: 'x', id: 'b-1' },
  ];

  it('reads events, keeps the id and skips comments', () => {
    expect(new StreamParser().push(wire)).toEqual(expected);
  });

  it('gives the same at every way of cutting the stream', () => {
    for (let cut = 1; cut < wire.length; cut += 1) {
      const parser = new StreamParser();
      const messages = [...parser.push(wire.slice(0, cut)), ...parser.push(wire.slice(cut))];
      expect(messages, `cut at ${cut}`).toEqual(expected);
    }
  });
});

describe('the live data', () => {
  it('takes the newest value of a point and leaves a late one aside', () => {
    const data = emptyLiveData();
    applyEvent(data, { event: 'state', data: { at: 2, points: [reading(2000, 40)], assets: [] } });
    const changed = applyEvent(data, {
      event: 'state',
      data: { at: 3, points: [reading(1000, 10)], assets: [] },
    });
    expect(changed).toEqual([]);
    expect(data.points.get('lakeside/bin-1/fill_pct')?.value).toBe(40);
  });

  it('renews the state of known assets only', () => {
    const data = emptyLiveData();
    applySnapshot(data, { assets: [asset('lakeside/bin-1')], tickets: [] });
    const breach: AssetState = { ...ok, verdict: 'breach', phase: 'breach', severity: 'low' };
    const changed = applyEvent(data, {
      event: 'state',
      data: {
        at: 1,
        points: [],
        assets: [
          { id: 'lakeside/bin-1', state: breach },
          { id: 'lakeside/unknown', state: breach },
        ],
      },
    });
    expect(data.assets.get('lakeside/bin-1')?.state.phase).toBe('breach');
    expect(data.assets.has('lakeside/unknown')).toBe(false);
    expect(changed).toEqual(['asset:lakeside/bin-1', 'assets']);
  });

  it('never steps back to an older revision of a ticket', () => {
    const data = emptyLiveData();
    applyEvent(data, { event: 'ticket', data: ticket(7, 3) });
    expect(applyEvent(data, { event: 'ticket', data: ticket(7, 2) })).toEqual([]);
    expect(data.tickets.get(7)?.revision).toBe(3);
  });

  it('drops with a snapshot what is no longer there, and says so', () => {
    const data = emptyLiveData();
    applySnapshot(data, { assets: [asset('lakeside/a')], tickets: [ticket(1, 1)] });
    const changed = applySnapshot(data, { assets: [asset('lakeside/b')], tickets: [] });
    expect([...data.assets.keys()]).toEqual(['lakeside/b']);
    expect(changed).toContain('asset:lakeside/a');
    expect(changed).toContain('ticket:1');
  });
});

describe('the hub', () => {
  it('tells each listener once a frame, and only of its own key', () => {
    const frames: (() => void)[] = [];
    const hub = new LiveHub((flush) => frames.push(flush));
    hub.snapshot([asset('lakeside/a'), asset('lakeside/b')], []);
    frames.shift()?.();
    const told: string[] = [];
    hub.subscribe('asset:lakeside/a', () => told.push('a'));
    hub.subscribe('asset:lakeside/b', () => told.push('b'));
    const state = { ...ok, phase: 'pending' } as const;
    for (let at = 1; at <= 3; at += 1) {
      hub.apply({
        event: 'state',
        data: { at, points: [], assets: [{ id: 'lakeside/a', state }] },
      });
    }
    expect(told).toEqual([]);
    expect(frames).toHaveLength(1);
    frames[0]?.();
    expect(told).toEqual(['a']);
    expect(hub.assets()).toHaveLength(2);
  });
});
