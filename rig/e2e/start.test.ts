import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../src/product/api.ts';
import { type Command, partOf, runCommand, startCaretaker } from '../src/product/command.ts';
import { createSandbox, type Sandbox } from '../src/product/sandbox.ts';
import { until } from '../src/servers/process.ts';

async function pointsWithValue(sandbox: Sandbox): Promise<number> {
  const points = await createApi(sandbox).points();
  return points.filter(({ value }) => value !== null).length;
}

async function hasNewTicket(sandbox: Sandbox): Promise<boolean> {
  return (await createApi(sandbox).tickets()).some(({ state }) => state === 'new');
}

describe('caretaker start with the demo estate', () => {
  let sandbox: Sandbox;
  let caretaker: Command;

  beforeAll(async () => {
    sandbox = await createSandbox();
    caretaker = await startCaretaker(sandbox);
  });

  afterAll(async () => {
    // Undefined when it could not start, whose error must not be hidden by another.
    await (caretaker as Command | undefined)?.interrupt();
    sandbox.dispose();
  });

  it('names its address and its data folder', () => {
    expect(caretaker.output()).toContain(sandbox.httpUrl);
    expect(caretaker.output()).toContain(sandbox.folder);
  });

  it('has a ticket of a live fault', async () => {
    await until('a ticket of a live fault is open', () => hasNewTicket(sandbox));
    const assets = await createApi(sandbox).assets();
    expect(assets.length).toBeGreaterThanOrEqual(60);
    expect(assets.every(({ demo }) => demo)).toBe(true);
  });

  it('says which variable to change when it is started again beside itself', async () => {
    const second = runCommand(['start'], { ...sandbox.environment });
    expect(await second.gone).toBe(1);
    expect(second.output()).toContain('CLI_PORT_IN_USE');
    expect(second.output()).toContain('CARETAKER_HTTP_PORT');
  });

  it('starts a crashed part again and says so', async () => {
    const crashed = partOf(caretaker, 'edge');
    process.kill(crashed ?? 0, 'SIGKILL');
    await until('the gateway runs again', () =>
      caretaker.output().includes('caretaker: edge runs again'),
    );
    expect(caretaker.output()).toMatch(/edge ended unexpectedly \(SIGKILL\); starting it again/);
    expect(partOf(caretaker, 'edge')).not.toBe(crashed);
  });

  it('stops cleanly at Ctrl-C and keeps tickets and readings for the next start', async () => {
    const api = createApi(sandbox);
    await until('there is something to keep', () => hasNewTicket(sandbox));
    const tickets = (await api.tickets()).map(({ id }) => id).toSorted();
    const points = await pointsWithValue(sandbox);
    expect(await caretaker.interrupt(), caretaker.output()).toBe(0);
    await expect(fetch(sandbox.httpUrl)).rejects.toThrow();

    caretaker = await startCaretaker(sandbox);
    const kept = (await api.tickets()).map(({ id }) => id);
    expect(kept).toEqual(expect.arrayContaining(tickets));
    expect(await pointsWithValue(sandbox)).toBeGreaterThanOrEqual(points);
  });
});
