import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Api, createApi } from '../product/api.ts';
import { edgeStatus } from '../product/edge-status.ts';
import { type Part, startPart } from '../product/parts.ts';
import { createSandbox, type Sandbox } from '../product/sandbox.ts';
import { until } from '../servers/process.ts';
import { type Filled, goAway } from './drain-away.ts';
import { bareRate } from './drain-bare.ts';
import { tallyAbsence } from './drain-check.ts';
import {
  type DrainDevice,
  type DrainEstate,
  type DrainShape,
  drainEstate,
} from './drain-estate.ts';
import { type Kept, keptBy } from './drain-outcome.ts';
import {
  CloudWatch,
  edgeLoop,
  LiveDevices,
  type LoopDelay,
  peakMb,
  subjectOf,
  TicketWatch,
} from './drain-watch.ts';

const limitMs = 600_000;
/** While the backlog is between these shares of itself, alarms are raised. */
const alarmsFrom = 0.7;
const betweenAlarms = 100;
/** So often the gateway is asked how far it is: telling it costs the gateway something. */
const betweenLooks = 300;
/** After its return time does not pass for a gateway for half a minute; only then could silence be said. */
const settled = 35_000;

/** What one drain measured. */
export interface Drained {
  readonly filled: Filled;
  /** From the first acknowledgement asked for to the last one given. */
  readonly seconds: number;
  readonly readings: number;
  /** Readings a second of the store alone. */
  readonly bare: number;
  /** Milliseconds from publishing to the event, of each alarm; the share of the backlog that was left. */
  readonly alarms: readonly number[];
  readonly leftAtLastAlarm: number;
  readonly answers: readonly number[];
  readonly loops: Readonly<Record<'edge' | 'cloud', LoopDelay>>;
  readonly turns: Readonly<Record<'edge' | 'cloud', number>>;
  readonly cpu: Readonly<Record<'edge' | 'cloud', number>>;
  readonly memory: Readonly<
    Record<'edge' | 'cloud', { readonly before: number; readonly peak: number }>
  >;
  readonly kept: Kept;
}

/** Lets a gateway be without its cloud for that long, connects them again and looks what becomes of it. */
export async function drainOnce(shape: DrainShape, say: (what: string) => void): Promise<Drained> {
  const estate = drainEstate(shape);
  const base = await createSandbox(undefined, { CARETAKER_SIMULATE: '0' });
  const path = join(base.folder, 'drain.json');
  writeFileSync(path, estate.file);
  const sandbox = { ...base, environment: { ...base.environment, CARETAKER_ESTATE: path } };
  const began = Date.now() - shape.away;
  const parts: Part[] = [];
  try {
    const filled = await goAway(sandbox, shape, began, parts);
    say(
      `journalled ${filled.readings} readings of ${filled.messages} messages in ${filled.seconds.toFixed(0)} s`,
    );
    return await comeBack({ sandbox, estate, began, parts, filled, say });
  } catch (error) {
    const outputs = parts.map((part) => part.output().slice(-4_000)).join('\n--\n');
    if (error instanceof Error) error.message += `\n-- output of the parts:\n${outputs}`;
    throw error;
  } finally {
    await Promise.all(parts.map((part) => part.kill()));
    sandbox.dispose();
  }
}

interface Returning {
  readonly sandbox: Sandbox;
  readonly estate: DrainEstate;
  readonly began: number;
  readonly parts: Part[];
  readonly filled: Filled;
  readonly say: (what: string) => void;
}

async function comeBack(given: Returning): Promise<Drained> {
  const { sandbox, estate, began, parts, filled, say } = given;
  const expected = tallyAbsence(estate, began);
  const cloud = await startPart('cloud', sandbox, undefined, limitMs);
  parts.push(cloud);
  const api = createApi(sandbox);
  // Meanwhile the cloud waits a minute before it says that the gateway is silent.
  const bare = await bareRate(estate, began);
  say(`the store alone takes ${Math.round(bare)} readings/s`);
  await until('the gateway is found silent', async () =>
    (await gatewayTickets(api)).some(({ state }) => state === 'new'),
  );
  const tickets = new TicketWatch();
  await tickets.start(sandbox);
  const watch = new CloudWatch(sandbox);
  watch.start();
  const live = new LiveDevices(estate, expected);
  say('the silence of the gateway has its ticket');
  const edge = await startPart('edge', sandbox, undefined, limitMs);
  parts.push(edge);
  const before = { edge: peakMb(edge), cloud: peakMb(cloud) };
  const [{ cpu: edgeCpu }, { cpu: cloudCpu }] = [await edge.turns(), await cloud.turns()];
  await live.start(sandbox.mqttUrl);
  const drain = await watchDrain(sandbox, estate, filled.readings, live);
  const [ofEdge, ofCloud] = [await edge.turns(), await cloud.turns()];
  const { answers, loop } = await watch.stop();
  const loops = { edge: await edgeLoop(sandbox), cloud: loop };
  const peak = { edge: peakMb(edge), cloud: peakMb(cloud) };
  say(`drained in ${drain.seconds.toFixed(1)} s`);
  await wait(settled);
  await live.stop();
  await until(
    'what was said last is delivered',
    async () => (await edgeStatus(sandbox)).uplink.pending === 0,
  );
  tickets.stop();
  const kept = await keptBy({ sandbox, estate, began, expected, edge, cloud, api });
  const alarms = drain.raised.map(({ device, sent }) => {
    const told = tickets.told.get(subjectOf(device));
    return told === undefined ? Number.POSITIVE_INFINITY : told - sent;
  });
  return {
    ...{ filled, bare, alarms, answers, loops, kept },
    seconds: drain.seconds,
    readings: filled.readings,
    leftAtLastAlarm: drain.leftAtLastAlarm,
    turns: { edge: ofEdge.most, cloud: ofCloud.most },
    cpu: { edge: ofEdge.cpu - edgeCpu, cloud: ofCloud.cpu - cloudCpu },
    memory: {
      edge: { before: before.edge, peak: peak.edge },
      cloud: { before: before.cloud, peak: peak.cloud },
    },
  };
}

async function gatewayTickets(api: Api) {
  return (await api.tickets()).filter(({ subject }) => subject.includes('/gateway:'));
}

interface Raised {
  readonly device: DrainDevice;
  readonly sent: number;
}

/** Looks on until what was journalled in the absence is accepted, and raises the alarms in its middle. */
async function watchDrain(
  sandbox: Sandbox,
  { alarms }: DrainEstate,
  backlog: number,
  live: LiveDevices,
): Promise<{ seconds: number; raised: readonly Raised[]; leftAtLastAlarm: number }> {
  const raised: Raised[] = [];
  let left = backlog;
  let leftAtLastAlarm = 0;
  const raise = async () => {
    for (const device of alarms) {
      if (left <= 0) return;
      raised.push({ device, sent: live.alarm(device) });
      leftAtLastAlarm = left / backlog;
      await wait(betweenAlarms);
    }
  };
  let raising: Promise<void> | null = null;
  let began = performance.now();
  let newest = 0;
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    const { journal, uplink } = await edgeStatus(sandbox);
    if (newest === 0) newest = journal.newest;
    left = newest - (journal.newest - uplink.pending);
    // The clock starts with the last look at which nothing was accepted yet.
    if (left >= backlog) began = performance.now();
    const seconds = (performance.now() - began) / 1_000;
    if (left <= backlog * alarmsFrom) raising ??= raise();
    if (left <= 0) {
      await raising;
      return { seconds, raised, leftAtLastAlarm };
    }
    await wait(betweenLooks);
  }
  throw new Error(`the backlog was not drained in ${limitMs} ms`);
}
