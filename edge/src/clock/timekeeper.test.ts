import { silentLog } from '@caretaker/readings/base';
import { type ManualClock, manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bootTimeOf } from '../journal/index.ts';
import { scratch } from '../journal/testing.ts';
import { BootTable } from './boots.ts';
import type { TimeService } from './service.ts';
import { type ClockMode, lookMs, type Remembered, Timekeeper, timeOf } from './timekeeper.ts';

const start = Date.UTC(2026, 10, 1, 8);
const minute = 60_000;
const hour = 60 * minute;
const year = 365 * 24 * hour;

let directory: string;
let remove: () => Promise<void>;
let clock: ManualClock;
let table: BootTable;
let service: TimeService;
let doubts: number;
let known: number;
let floors: (number | null)[];

beforeEach(async () => {
  ({ directory, remove } = await scratch());
  clock = manualClock(start);
  table = new BootTable(`${directory}/clock.json`);
  service = { state: 'absent' };
  doubts = 0;
  known = 0;
  floors = [];
});
afterEach(() => remove());

async function begin(
  remembered: Partial<Remembered> = {},
  mode: ClockMode = 'check',
  boot = 'boot-1',
): Promise<Timekeeper> {
  const keeper = new Timekeeper({
    clock,
    boot,
    mode,
    table,
    service: () => service,
    log: silentLog,
    onDoubt() {
      doubts += 1;
    },
    onKnown() {
      known += 1;
    },
    onBack: (floor) => floors.push(floor),
  });
  await keeper.begin({ lastReceived: 0, stampedTo: 0, ...remembered });
  return keeper;
}

/** The cloud says that its clock shows this now. */
const cloudSays = (keeper: Timekeeper, now: number) =>
  keeper.heard({ base: now - clock.monotonic(), uncertainty: 5 });
const settled = () => vi.waitFor(() => expect(known).toBe(1), patient);

describe('while it runs', () => {
  it('lets the time of receipt never go back by a jitter, and follows a correction', async () => {
    const keeper = await begin({ lastReceived: start + 500 }, 'trust');
    expect(keeper.receipt()).toBe(start + 500);
    clock.step(start + 2_000);
    expect(keeper.receipt()).toBe(start + 2_000);
    clock.step(start + 1_000);
    expect(keeper.receipt()).toBe(start + 2_000);
    clock.step(start - 100_000);
    expect(keeper.receipt()).toBe(start - 100_000);
  });

  it('follows what a time server corrects slowly, and steps of some minutes', async () => {
    const keeper = await begin();
    for (let n = 1; n <= 600; n += 1) {
      clock.advance(lookMs);
      clock.step(clock.now() + 50);
    }
    expect(keeper.now()).toBe(clock.now());
    clock.step(clock.now() + 4 * minute);
    expect([keeper.now(), keeper.basis, doubts]).toEqual([clock.now(), 'clock', 0]);
    clock.step(clock.now() - 3 * minute);
    expect([keeper.now(), keeper.basis, doubts]).toEqual([clock.now(), 'clock', 0]);
  });

  it('does not follow a year forward that nobody confirms, and goes on when it is taken back', async () => {
    const keeper = await begin();
    clock.advance(hour);
    clock.step(start + year);
    expect([keeper.receipt(), keeper.basis, doubts]).toEqual([start + hour, 'held', 1]);
    clock.advance(30 * 24 * hour);
    expect(keeper.receipt()).toBe(start + hour + 30 * 24 * hour);
    // The cloud is there again, and has the time from before.
    cloudSays(keeper, keeper.now() + 3_000);
    expect(keeper.basis).toBe('held');
    clock.step(start + hour + 30 * 24 * hour + 1_000);
    clock.advance(lookMs);
    expect([keeper.now(), keeper.basis]).toEqual([clock.now(), 'clock']);
    expect(floors).toEqual([]);
  });

  it('follows a far step that the cloud or a time service confirms', async () => {
    const keeper = await begin();
    clock.advance(hour);
    clock.step(start + 10 * hour);
    cloudSays(keeper, start + 10 * hour + 200);
    expect([keeper.now(), keeper.basis]).toEqual([start + 10 * hour, 'clock']);
    keeper.heard(null);
    service = { state: 'set', at: start + 20 * hour };
    clock.step(start + 20 * hour);
    expect([keeper.now(), keeper.basis]).toEqual([start + 20 * hour, 'clock']);
  });

  it('does not take the mark of a time service from before the step for its word', async () => {
    service = { state: 'set', at: start };
    const keeper = await begin();
    clock.step(start + year);
    expect([keeper.now(), keeper.basis]).toEqual([start, 'held']);
  });

  it('follows an hour back at once when the cloud confirms it, after a while when it is away, and not against it', async () => {
    const keeper = await begin();
    clock.advance(hour);
    clock.step(start);
    cloudSays(keeper, start);
    expect([keeper.receipt(), keeper.basis]).toEqual([start, 'clock']);
    expect(floors).toEqual([null]);
    keeper.heard(null);
    clock.step(start - hour);
    expect(keeper.receipt()).toBe(start);
    clock.advance(20_000);
    expect([keeper.receipt(), keeper.basis]).toEqual([start - hour + 20_000, 'clock']);
    cloudSays(keeper, start - hour + 20_000);
    clock.step(start - 3 * hour);
    clock.advance(hour);
    expect([keeper.receipt(), keeper.basis]).toEqual([start + 20_000, 'held']);
  });

  it('says that a year forward that was believed is undone, so that stamps go on from before', async () => {
    const keeper = await begin({ lastReceived: start - hour, stampedTo: start - hour });
    clock.advance(20_000);
    await settled();
    service = { state: 'set', at: start + year };
    clock.step(start + year);
    expect(keeper.now()).toBe(start + year);
    clock.advance(hour);
    service = { state: 'set', at: start + hour + 20_000 };
    clock.step(start + hour + 20_000);
    expect([keeper.now(), keeper.basis]).toEqual([start + hour + 20_000, 'clock']);
    expect(floors).toEqual([start + 21_000]);
  });

  it('remembers over a restart what time it was, so that a jump meanwhile is seen', async () => {
    const before = await begin();
    clock.advance(6 * minute);
    before.stop();
    await table.save();
    clock.advance(minute);
    clock.step(start + year);
    const after = await begin({ lastReceived: start + 6 * minute });
    expect([after.now(), after.basis]).toEqual([start + 7 * minute, 'held']);
  });

  it('finds where stamps may go on after a restart in the time that was believed by mistake', async () => {
    const keeper = await begin();
    expect(keeper.stampFloor(start - 5)).toBe(start - 5);
    expect(keeper.stampFloor(start + hour)).toBe(start + hour);
    table.jumped({ floor: start - 1_000, to: start + year, boot: 'boot-0', base: 0 });
    expect(keeper.stampFloor(start + year + hour)).toBe(start - 1_000);
    expect(keeper.stampFloor(start + 2_000)).toBe(start + 2_000);
  });
});

describe('at the start of the machine', () => {
  it('believes the clock where nothing was ever received', async () => {
    const keeper = await begin();
    expect([keeper.known, keeper.basis, keeper.receipt()]).toEqual([true, 'clock', start]);
  });

  it.each([
    ['1970', 5_000],
    ['the time of the last shutdown', start - 2 * hour],
  ])(
    'waits for its time when the clock shows %s, and is told it by the cloud',
    async (_name, wall) => {
      clock.step(wall);
      const keeper = await begin({ lastReceived: start - hour });
      const first = keeper.receipt();
      expect(bootTimeOf(first)).toEqual({ index: 1, elapsed: 0 });
      clock.advance(30 * minute);
      expect([keeper.known, bootTimeOf(keeper.receipt())]).toEqual([
        false,
        { index: 1, elapsed: 30 * minute },
      ]);
      cloudSays(keeper, start + 30 * minute);
      await settled();
      expect([keeper.basis, keeper.receipt()]).toEqual(['cloud', start + 30 * minute]);
      expect(timeOf(first, table.find(1)?.base ?? 0)).toBe(start);
      // The machine's clock is set at last.
      clock.step(clock.monotonic() + start + 300);
      clock.advance(lookMs);
      expect([keeper.basis, keeper.now()]).toEqual(['clock', clock.now()]);
    },
  );

  it('knows the time when somebody sets the clock to one that may be', async () => {
    clock.step(5_000);
    const keeper = await begin({ lastReceived: start - hour });
    clock.advance(minute);
    clock.step(start - 2 * hour);
    clock.advance(lookMs);
    expect(keeper.known).toBe(false);
    clock.step(start + minute);
    clock.advance(lookMs);
    await settled();
    expect([keeper.basis, keeper.now()]).toEqual(['clock', clock.now()]);
  });

  it('gives the cloud ten seconds to object to a clock that may be right', async () => {
    const keeper = await begin({ lastReceived: start - hour });
    expect(keeper.known).toBe(false);
    clock.advance(11_000);
    await settled();
    expect([keeper.basis, keeper.now()]).toEqual(['clock', clock.now()]);
  });

  it('gives a time service five minutes to reach a server', async () => {
    service = { state: 'waiting' };
    const keeper = await begin({ lastReceived: start - hour });
    clock.advance(4 * minute);
    expect(keeper.known).toBe(false);
    service = { state: 'set', at: clock.now() };
    clock.advance(lookMs);
    await settled();
    expect(keeper.basis).toBe('clock');
  });

  it('believes a clock that is a year ahead only until the cloud objects', async () => {
    clock.step(start + year);
    const keeper = await begin({ lastReceived: start - hour });
    cloudSays(keeper, start);
    await settled();
    expect([keeper.basis, keeper.receipt()]).toEqual(['cloud', start]);
  });

  it('waits without end where it is told to wait', async () => {
    const keeper = await begin({}, 'wait');
    clock.advance(24 * hour);
    expect(keeper.known).toBe(false);
    cloudSays(keeper, clock.now() + 2_000);
    await settled();
    expect(keeper.basis).toBe('clock');
  });

  it('goes on in the same start when only the gateway was started again', async () => {
    clock.step(5_000);
    const before = await begin({ lastReceived: start - hour });
    before.stop();
    clock.advance(minute);
    table = new BootTable(`${directory}/clock.json`);
    expect(await table.load()).toBe(true);
    const after = await begin({ lastReceived: start - hour });
    expect(bootTimeOf(after.receipt())).toEqual({ index: 1, elapsed: minute });
  });

  it('knows a file that is no longer whole for what it is', async () => {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${directory}/clock.json`, '{"version":1,"boots"');
    expect(await table.load()).toBe(false);
    const boot = table.adopt(3, 100, start);
    expect(timeOf(bootTimeOf(-1) === null ? 0 : 100 - 3 * 2 ** 40, boot.base ?? 0)).toBe(start + 1);
  });
});
