import { manualClock, patient } from '@caretaker/readings/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TicketDetail, TicketState } from '../../contract/index.ts';
import {
  configFor,
  pagesIn,
  type RunningCloud,
  runCloud,
  temporaryFolder,
} from '../../testing/cloud.ts';
import { GatewayPlayer, reading } from '../../testing/gateway.ts';
import { hot, writeStandard } from '../../testing/standard.ts';

const start = Date.UTC(2026, 10, 28, 18);
const minute = 60_000;
const at = (minutes: number) => start + minutes * minute;

/** One fault from its breach to its proof, through the whole cloud and a restart; each test goes on where the last stopped. */
describe('a claim that something is mended', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clock: ReturnType<typeof manualClock>;
  let run: RunningCloud;
  let gateway: GatewayPlayer;
  let sent = 0;
  const config = () =>
    configFor(`${folder.path}/data`, { CARETAKER_STANDARD: `${folder.path}/rules` });
  const up = async () => {
    run = await runCloud(config(), { clock });
    gateway = await GatewayPlayer.connect(run);
    await gateway.hello(sent);
  };
  const down = async () => {
    await gateway.leave();
    await run.cloud.stop();
  };
  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeStandard(`${folder.path}/rules`, [
      hot(60, 'severity: medium\n        latched: false'),
    ]);
    clock = manualClock(start);
    await up();
  }, 60_000);
  afterAll(async () => {
    await down();
    await folder.remove();
  });

  /** The sensor says this, and the clock is there. */
  const measure = async (minutes: number, value: number) => {
    // A jump: a minute of seconds would do a minute's worth of periodic work.
    clock.step(Math.max(at(minutes), clock.now()));
    sent += 1;
    await gateway.send(sent, [reading('bin-2/temp_c', at(minutes), value)]);
    await gateway.untilAccepted(sent);
  };
  const detail = () => run.get<TicketDetail>('/api/tickets/1');
  const act = async (type: string, more: object = {}) => {
    const { revision } = await detail();
    const answer = await run.command(1, { type, revision, ...more });
    expect([answer.status, await answer.text()]).toMatchObject([200, expect.any(String)]);
  };
  const untilState = (state: TicketState) =>
    vi.waitUntil(async () => {
      clock.advance(1000);
      return (await detail()).state === state;
    }, patient);
  /** Of the gateway, which is away while nothing is measured, there are others. */
  const pages = async () =>
    (await pagesIn(config().database)).filter((key) => key.startsWith('ticket-1-'));
  const types = async () => (await detail()).events.map(({ type }) => type);

  it('is denied when the condition still stands after the time it had, and pages', async () => {
    await measure(0, 80);
    await act('acknowledge');
    await act('fix', { what: 'Put out' });
    await measure(14, 80);
    expect((await detail()).proof).toMatchObject({
      phase: 'breach',
      grace: at(15),
      needed: 5 * minute,
    });
    await measure(16, 80);
    await untilState('reopened');
    const { events, fixed } = await detail();
    expect([fixed, events.at(-1)?.type]).toEqual([null, 'denied']);
    // 02:15 where the estate is.
    expect(events.at(-1)?.reason?.en).toMatch(/^Still so at 02:15: Temperature 80/);
    expect(await pages()).toEqual(['ticket-1-medium', 'ticket-1-denied-1']);
  });

  it('is verified by event time, also over a restart, and once', async () => {
    await act('fix', { what: 'Put out for good' });
    await measure(18, 20);
    await measure(20, 20);
    expect((await detail()).proof).toMatchObject({
      ...{ phase: 'clearing', since: at(18), until: at(23), at: at(20) },
    });
    // The cloud's own time passes, and proves nothing.
    clock.step(at(28));
    clock.advance(2000);
    expect((await detail()).state).toBe('fixed');
    await down();
    await up();
    await measure(29, 20);
    await untilState('verified');
    await down();
    await up();
    clock.advance(5000);
    expect((await types()).filter((type) => type === 'verified')).toHaveLength(1);
    expect((await detail()).proof?.phase).toBe('proven');
  });

  it('keeps the readings around onset and fix once they are all there', async () => {
    expect((await detail()).traces.map(({ frozen }) => frozen)).toEqual([null, null]);
    await measure(70, 21);
    const frozen = async () => (await types()).filter((type) => type === 'readings-frozen').length;
    await vi.waitUntil(async () => {
      clock.advance(1000);
      return (await frozen()) === 2;
    }, patient);
    const values = async () =>
      (await detail()).traces.map(({ around, points }) => [
        around,
        points.map(({ readings }) => readings.map(({ value }) => value)),
      ]);
    expect(await values()).toEqual([
      ['onset', [[80, 80, 80, 20, 20, 20]]],
      ['fix', [[80, 80, 80, 20, 20, 20]]],
    ]);
    // What comes late belongs there too, and nobody is told of it again.
    sent += 1;
    await gateway.send(sent, [reading('bin-2/temp_c', at(19), 22)]);
    await gateway.untilAccepted(sent);
    await vi.waitUntil(async () => {
      clock.advance(1000);
      return JSON.stringify(await values()).includes('22');
    }, patient);
    expect(await frozen()).toBe(2);
  });

  it('is denied by late data that shows a breach after it, though it was verified', async () => {
    sent += 1;
    await gateway.send(sent, [
      reading('bin-2/temp_c', at(50), 90),
      reading('bin-2/temp_c', at(52), 20),
    ]);
    sent += 1;
    await gateway.untilAccepted(sent);
    await untilState('reopened');
    expect((await types()).filter((type) => type === 'denied')).toHaveLength(2);
    expect((await pages()).at(-1)).toBe('ticket-1-denied-2');
  });
});
