import { type Proof, type TicketClock, ticketReportSchema } from '@caretaker/cloud/contract';
import { describe, expect, it } from 'vitest';
import { byClock, shareAt } from './clock-time.ts';
import { sizeFor } from './files/shrink.ts';
import { clearFor, isStill } from './proof-clock.ts';
import { emptyReport, missingInReport, type Report, reportOf } from './report.ts';
import { codeIn } from './scan/code-in.ts';

const proof: Proof = {
  phase: 'clearing',
  since: 100_000,
  until: 400_000,
  needed: 300_000,
  at: 230_000,
  events: null,
  grace: null,
  rule: 'co-high',
  fact: null,
  value: 18.2,
  points: ['lakeside/co'],
};

describe('the clock of the proof', () => {
  it('counts from what was measured, and on between two answers', () => {
    expect(clearFor(proof, 231_000, 231_000)).toBe(130_000);
    expect(clearFor(proof, 231_000, 235_000)).toBe(134_000);
  });

  it('stands still when nothing more is told, and never runs past what is needed', () => {
    expect(clearFor(proof, 231_000, 900_000)).toBe(140_000);
    expect(clearFor({ ...proof, at: 900_000 }, 901_000, 901_000)).toBe(300_000);
    expect(isStill(proof, 231_000)).toBe(false);
    expect(isStill(proof, 300_000)).toBe(true);
  });

  it('is not set back by a clock that is behind', () => {
    expect(clearFor(proof, 231_000, 200_000)).toBe(130_000);
  });
});

describe('a photo', () => {
  it('keeps its shape when it is made smaller, and is never made larger', () => {
    expect(sizeFor(4000, 3000, 2048)).toEqual([2048, 1536]);
    expect(sizeFor(3000, 4000, 2048)).toEqual([1536, 2048]);
    expect(sizeFor(640, 480, 2048)).toEqual([640, 480]);
    expect(sizeFor(10_000, 1, 2048)).toEqual([2048, 1]);
  });
});

describe('the code at a place', () => {
  it('is the end of its address, or the text itself', () => {
    expect(codeIn('https://care.example/at/K7-QX2M')).toBe('K7-QX2M');
    expect(codeIn('https://care.example/at/K7-QX2M/')).toBe('K7-QX2M');
    expect(codeIn(' K7-QX2M ')).toBe('K7-QX2M');
    expect(codeIn('http://')).toBe('http://');
  });
});

describe('the clocks', () => {
  const clock: TicketClock = {
    clock: 'arrive',
    round: 1,
    target: { words: '20m', source: 'T01', confirmed: false },
    state: 'running',
    started: 0,
    due: 1_200_000,
    stopped: null,
    budget: 1_200_000,
    counted: 600_000,
    paused: 0,
    off: 0,
    claimed: 0,
    over: 0,
    late: 0,
    share: 0.5,
  };

  it('run on between two answers, and stand still while they are paused', () => {
    expect(shareAt(clock, 600_000, 900_000)).toBe(0.75);
    expect(shareAt(clock, 600_000, 9_000_000)).toBe(1);
    expect(shareAt({ ...clock, state: 'paused' }, 600_000, 900_000)).toBe(0.5);
    expect(shareAt({ ...clock, share: 1.3 }, 600_000, 900_000)).toBe(1.3);
  });

  it('show first what runs out first, and what is over last', () => {
    const met = { ...clock, clock: 'acknowledge', state: 'met', stopped: 5 } as const;
    const late = { ...clock, clock: 'answer', state: 'missed', due: 5 } as const;
    const rest = { ...clock, clock: 'restore', state: 'paused', due: 1 } as const;
    const order = [met, rest, clock, late].toSorted(byClock);
    expect(order.map((one) => one.clock)).toEqual(['answer', 'arrive', 'restore', 'acknowledge']);
  });
});

describe('a new ticket', () => {
  const told: Report = {
    ...emptyReport('lakeside/north-gate'),
    title: ' The gate bangs ',
    name: 'Zhou Min',
  };

  it('is what the service takes, without what was left empty', () => {
    const body = reportOf('lakeside', { ...told, promise: 'half-hour' });
    expect(body).toEqual({
      kind: 'report',
      estate: 'lakeside',
      subject: 'lakeside/north-gate',
      title: 'The gate bangs',
      reporter: { kind: 'resident', name: 'Zhou Min', contact: null, channel: 'desk' },
      inHome: false,
      promise: { kind: 'half-hour' },
    });
    expect(ticketReportSchema.parse(body)).toEqual(body);
  });

  it('needs words, and a place unless it is a wish', () => {
    const blank = { ...emptyReport(undefined), who: '' } as const;
    expect(missingInReport(blank)).toEqual(['where', 'title']);
    expect(missingInReport({ ...blank, kind: 'wish' })).toEqual(['title']);
    expect(missingInReport({ ...told, name: ' ', promise: 'at' })).toEqual(['name', 'promiseAt']);
  });
});
