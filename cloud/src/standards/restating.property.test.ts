import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JudgedCloud } from '../testing/judged-cloud.ts';
import { full, hot } from '../testing/standard.ts';

/** Each is two whole clouds. */
const runs = Number(process.env.CARETAKER_PROPERTY_RUNS ?? 4);

/** A standard: limits of its rules, how long the first has to hold, and which rules there are. */
const standard = fc
  .record({
    hot: fc.constantFrom(50, 60, 70),
    holds: fc.constantFrom('', 'for: 5m', 'clearFor: 5m', 'latched: true', 'fold: 10m'),
    full: fc.constantFrom(null, 60, 80),
    severity: fc.constantFrom('medium', 'high', 'advice'),
  })
  .map(({ hot: limit, holds, full: most, severity }) => {
    const more = `severity: ${severity}${holds === '' ? '' : `\n        ${holds}`}`;
    return [hot(limit, more), ...(most === null ? [] : [full(most)])];
  });
const reading = fc.record({
  minutes: fc.integer({ min: -120, max: -1 }),
  value: fc.constantFrom(20, 46, 55, 65, 75, 85),
  metric: fc.constantFrom('temp_c', 'temp_c', 'fill_pct'),
});
const scenario = fc.record({
  before: standard,
  between: fc.option(standard),
  restated: standard,
  minutes: fc.integer({ min: -130, max: -1 }),
  readings: fc.array(reading, { minLength: 8, maxLength: 40, size: 'max' }),
  share: fc.constantFrom(0.5, 0.8, 1),
  restarts: fc.boolean(),
});

describe('a restatement', { timeout: 300_000 + runs * 20_000 }, () => {
  it('leaves the episodes and tickets that there were had it been in force all along', async () => {
    const now = Date.now();
    const property = fc.asyncProperty(scenario, async (given) => {
      const late = await JudgedCloud.start(given.before, now);
      const knew = await JudgedCloud.start(given.before, now);
      try {
        const from = now + given.minutes * 60_000;
        const restate = async (cloud: JudgedCloud) => {
          await cloud.write(given.restated);
          const { status } = await cloud.send('POST', 'restatements', { reason: 'test', from });
          expect(status).toBe(200);
        };
        const unlike = new Map(given.readings.map((r) => [`${r.metric} ${r.minutes}`, r]));
        const all = [...unlike.values()];
        const cut = Math.ceil(all.length * given.share);
        const hand = (cloud: JudgedCloud, part: typeof all) =>
          cloud.judge(
            ...part.map((r) => ({ ...cloud.at(r.minutes, r.value, r.metric), received: now })),
          );
        await restate(knew);
        await hand(knew, all);
        await hand(late, all.slice(0, cut / 2));
        if (given.between !== null) {
          await late.write(given.between);
          await late.send('POST', 'reload', {});
        }
        await hand(late, all.slice(cut / 2, cut));
        await restate(late);
        if (given.restarts) {
          await late.stop();
          await late.start();
        }
        await hand(late, all.slice(cut));
        expect(await late.run.standing()).toEqual(await knew.run.standing());
      } finally {
        await late.remove();
        await knew.remove();
      }
    });
    await fc.assert(property, { numRuns: runs });
  });
});
