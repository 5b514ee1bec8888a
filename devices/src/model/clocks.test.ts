import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAllowance } from './clocks.ts';
import { loadEstate } from './load.ts';
import { readEstateValue } from './stored.ts';

const example = readFileSync(new URL('./example.yaml', import.meta.url), 'utf8');
const hour = 3_600_000;

const section = `
clocks:
  hours: ['09:00-12:00', '13:30-18:00']
  days: [mon, tue, wed, thu, fri, sat]
  workdays: ['2026-10-10']
  severities: { high: { arrive: 2h, restore: 2d working } }
  sources: { complaint: { complaint: end of next working day } }
  inHome: { arrive: 15m }
  items: { TP27-S1: { arrive: none } }
  classes: { three-days: 3d working }
  pauses: { parts: 10d }
`;

describe('the clocks of an estate', () => {
  it('are kept as they were written, and read again the same', () => {
    const estate = loadEstate(example + section, 'a.yaml');
    expect(estate.clocks).toMatchObject({
      workdays: ['2026-10-10'],
      severities: { high: { arrive: '2h', restore: '2d working' } },
      pauses: { parts: '10d' },
    });
    const again = readEstateValue(JSON.parse(JSON.stringify(estate)), 'the store');
    expect(again.clocks).toEqual(estate.clocks);
    expect(loadEstate(example, 'a.yaml').clocks).toBeUndefined();
  });

  it.each([
    ['arrive: 2h', 'arrive: soon', /"soon" is no time limit: write 20m/],
    ['arrive: 2h', 'arrive: 0m', /"0m" is no time limit/],
    ['arrive: 2h', 'come: 2h', /come/],
    ['high:', 'urgent:', /urgent/],
    ['[mon, tue, wed, thu, fri, sat]', '[]', /at least one day/],
    ["'13:30-18:00'", "'11:30-18:00'", /does not come after/],
    ["'13:30-18:00'", "'18:00-13:30'", /does not come after/],
    ["'2026-10-10'", "'2026-02-30'", /no date/],
    ['parts: 10d', 'parts: long', /longest pause/],
    ['parts: 10d', 'lunch: 10d', /lunch/],
  ])('refuse %s written as %s, on its line', (right, wrong, message) => {
    const load = () => loadEstate(example + section.replace(right, wrong), 'a.yaml');
    expect(load).toThrow(expect.objectContaining({ code: 'DEVICES_ESTATE_INVALID' }));
    expect(load).toThrow(message);
  });

  it('read time limits in words', () => {
    const read = ['20m', '7d', '4h working', '1d working', 'end of day', 'none'].map(readAllowance);
    expect(read).toEqual([
      { time: hour / 3, working: false },
      { days: 7, working: false },
      { time: 4 * hour, working: true },
      { days: 1, working: true },
      { end: 'day' },
      null,
    ]);
    const none = ['', 'd', '0d', '1w', '-5m', '5m  working', 'working', 'end of week'];
    expect(none.map(readAllowance)).toEqual(none.map(() => undefined));
  });
});
