import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock, patient } from '@caretaker/readings/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PartProcess } from './part-process.ts';

let folder: string;
let part: PartProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caretaker-part-'));
});
afterEach(() => {
  const pid = part?.pid;
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  part = null;
  rmSync(folder, { recursive: true });
});

/** A part that runs the code given once it has said that it is ready. */
function create(code: string) {
  const program = join(folder, 'part.mjs');
  writeFileSync(
    program,
    // It does not outlive a run that is ended by force; its channel to the parent keeps it until then.
    `${code}
process.once('disconnect', () => process.exit());
process.send({ type: 'ready', ports: {}, entry: null });`,
  );
  const clock = manualClock(0);
  const notices: string[] = [];
  part = new PartProcess({
    name: 'edge',
    program,
    command: 'edge',
    environment: process.env,
    clock,
    onLine: () => {},
    onProgress: () => {},
    onNotice: (text) => notices.push(text),
  });
  return { part, clock, notices };
}

it('ends by force what has not stopped within 8 s, and not before', async () => {
  const { part, clock, notices } = create("process.on('SIGTERM', () => {});");
  await part.start();
  let stopped = false;
  const stopping = part.stop().then(() => {
    stopped = true;
  });
  clock.advance(7_999);
  expect([stopped, notices]).toEqual([false, []]);
  clock.advance(1);
  await stopping;
  expect(notices).toEqual(['edge did not stop within 8 s and is ended by force']);
});

it('lets what stops by itself stop, and leaves no timer behind', async () => {
  const { part, clock, notices } = create('');
  await part.start();
  await part.stop();
  expect([clock.pending(), notices]).toEqual([0, []]);
});

it('starts again what crashes, later with every crash, and at once again after a quiet minute', async () => {
  const { part, clock, notices } = create('');
  await part.start();
  const crash = async () => {
    const said = notices.length;
    process.kill(part.pid ?? 0, 'SIGKILL');
    await vi.waitFor(() => expect(notices).toHaveLength(said + 1), patient);
    return notices.at(-1);
  };
  const again = async (ms: number) => {
    clock.advance(ms);
    await vi.waitFor(() => expect(notices.at(-1)).toBe('edge runs again'), patient);
  };
  expect(await crash()).toMatch(/edge ended unexpectedly \(SIGKILL\); .* in 0.5 s/);
  await again(500);
  expect(await crash()).toMatch(/in 1 s$/);
  await again(1_000);
  clock.advance(60_001);
  expect(await crash()).toMatch(/in 0.5 s$/);
});
