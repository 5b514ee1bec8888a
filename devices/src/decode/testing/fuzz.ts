import { readFileSync } from 'node:fs';
import { kinds } from '../../kinds/index.ts';
import { type Estate, loadEstate } from '../../model/index.ts';
import { createDecoder } from '../create.ts';
import type { Decoded, Decoder } from '../decoder.ts';
import { learn } from '../learn/learn.ts';
import { Chance } from './chance.ts';
import { type Decoding, fuzzNow, type Message, messages } from './messages.ts';
import { mutated, random } from './mutate.ts';

/** What became of so many payloads. */
export interface FuzzOutcome {
  readonly decoding: Decoding;
  readonly seed: number;
  readonly sent: number;
  /** At least one reading; a message may have faults beside it. */
  readonly accepted: number;
  /** At least one fault and no reading. */
  readonly quarantined: number;
  readonly ignored: number;
  /** Milliseconds of the slowest payload, as often as it was repeated. */
  readonly slowest: number;
  /** What must not be, each with the message that did it; few are enough. */
  readonly complaints: readonly string[];
}

type Verdict = 'accepted' | 'quarantined' | 'ignored';

/** Longest that one payload may take, milliseconds. */
const longest = 50;
/** Above this a payload is looked at again. */
const suspicious = 10;
const repeats = 5;
const mostComplaints = 10;
/** A memory that only grew would show within this many. */
const mostRequests = 64;
const lead = 5 * 60_000;

/** Every decoding that can be fuzzed. */
export const decodings = Object.keys(messages) as readonly Decoding[];

/**
 * Sends payloads to one decoding, half of them valid ones with something wrong in them, half invented, and
 * judges what comes of each. The same seed sends the same payloads.
 */
export function fuzz(decoding: Decoding, payloads: number, seed: number): FuzzOutcome {
  const chance = new Chance(seed);
  const attempt = attemptsOf(decoding);
  const counts = { accepted: 0, quarantined: 0, ignored: 0 };
  const complaints: string[] = [];
  let slowest = 0;
  for (let sent = 0; sent < payloads; sent++) {
    const message = messageOf(decoding, chance);
    const judged = judge(attempt, message);
    if (judged.verdict !== undefined) counts[judged.verdict] += 1;
    slowest = Math.max(slowest, judged.took);
    for (const complaint of judged.complaints) {
      const payload = Buffer.from(message.payload).toString('base64').slice(0, 400);
      complaints.push(`#${sent} ${complaint} | ${message.topic.slice(0, 120)} | ${payload}`);
    }
    if (complaints.length >= mostComplaints) break;
  }
  const sent = counts.accepted + counts.quarantined + counts.ignored;
  return { decoding, seed, sent, ...counts, slowest, complaints };
}

interface Attempt {
  readonly verdict: Verdict;
  readonly complaints: readonly string[];
}

function messageOf(decoding: Decoding, chance: Chance): Message {
  const known = messages[decoding];
  const { topic, payload } = known[chance.below(known.length)] ?? { topic: '', payload: nothing };
  // A topic that is off by a character reaches another branch, or nobody.
  const off = chance.once(50) ? scratchedTopic(topic, chance) : topic;
  // What a family remembers needs valid messages now and then.
  if (chance.once(16)) return { topic: off, payload };
  return { topic: off, payload: chance.once(2) ? random(chance) : mutated(payload, chance) };
}

function scratchedTopic(topic: string, chance: Chance): string {
  const at = chance.below(topic.length + 1);
  return (
    topic.slice(0, at) + chance.pick(['', '/', '//', 'x', '/set', '/+', '#']) + topic.slice(at + 1)
  );
}

const nothing = new Uint8Array(0);

function judge(
  attempt: (message: Message) => Attempt,
  message: Message,
): { verdict: Verdict | undefined; complaints: readonly string[]; took: number } {
  try {
    const { cost, attempted } = timed(attempt, message);
    if (cost < suspicious) return { ...attempted, took: cost };
    const took = leastOf(attempt, message);
    const slow = took > longest ? [`took ${took.toFixed(1)} ms`] : [];
    return { ...attempted, complaints: [...attempted.complaints, ...slow], took };
  } catch (error) {
    return { verdict: undefined, complaints: [`threw ${String(error)}`], took: 0 };
  }
}

/** Processor time of this thread, milliseconds: what others do on the machine is not in it. */
function timed(
  attempt: (message: Message) => Attempt,
  message: Message,
): { cost: number; attempted: Attempt } {
  const before = process.threadCpuUsage();
  const attempted = attempt(message);
  const { user, system } = process.threadCpuUsage(before);
  return { cost: (user + system) / 1_000, attempted };
}

/** The least of several goes: collecting the garbage of others is not the payload's doing. */
function leastOf(attempt: (message: Message) => Attempt, message: Message): number {
  const costs = Array.from({ length: repeats }, () => timed(attempt, message).cost);
  return Math.min(...costs);
}

function attemptsOf(decoding: Decoding): (message: Message) => Attempt {
  if (decoding === 'home-assistant') return lesson;
  const file = new URL('./estate.yaml', import.meta.url);
  const estate = loadEstate(readFileSync(file, 'utf8'), 'estate.yaml');
  const decoder = createDecoder(estate);
  const types = pointsOf(estate);
  return ({ topic, payload }) => decoded(decoder, types, topic, payload);
}

function lesson({ topic, payload }: Message): Attempt {
  const learnt = learn(topic, payload);
  if (learnt === null) return { verdict: 'ignored', complaints: [] };
  const unknown = learnt.points
    .flatMap(({ suits }) => suits)
    .filter(({ kind, metric }) => kinds[kind]?.metrics[metric] === undefined);
  const verdict = learnt.points.length > 0 ? 'accepted' : refusedOr(learnt.unclear.length);
  return { verdict, complaints: unknown.map(({ metric }) => `proposes ${metric}`) };
}

function refusedOr(faults: number): Verdict {
  return faults > 0 ? 'quarantined' : 'ignored';
}

function decoded(decoder: Decoder, types: Points, topic: string, payload: Uint8Array): Attempt {
  const outcome = decoder.decode(topic, payload, { received: fuzzNow, retained: false });
  const { found, faults, ignored } = outcome;
  const complaints = unsound(outcome, types);
  const none = found.length === 0 && faults.length === 0;
  if (none !== (ignored !== null)) complaints.push(`ignored is ${ignored}`);
  if (decoder.requests(fuzzNow).length > mostRequests) complaints.push('asks too much');
  return { verdict: found.length > 0 ? 'accepted' : refusedOr(faults.length), complaints };
}

type Points = ReadonlyMap<string, (value: unknown) => boolean>;

/** For each point whether a value can be one of its own. */
function pointsOf(estate: Estate): Points {
  const points = new Map<string, (value: unknown) => boolean>();
  for (const asset of estate.assets) {
    for (const { metric: id } of asset.points) {
      const metric = kinds[asset.kind]?.metrics[id];
      if (metric === undefined) continue;
      const [least, most] = metric.range ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
      points.set(`${asset.id}/${id}`, (value) => {
        if (metric.type === 'flag') return typeof value === 'boolean';
        if (metric.type === 'state') return metric.states?.includes(String(value)) === true;
        return typeof value === 'number' && value >= least && value <= most;
      });
    }
  }
  return points;
}

/** What could not be journalled, or not be told. */
function unsound({ found, faults }: Decoded, points: Points): string[] {
  const complaints: string[] = [];
  for (const { point, value, at } of found) {
    if (points.get(point)?.(value) !== true) complaints.push(`${point} is ${String(value)}`);
    if (at === null) continue;
    if (!Number.isSafeInteger(at) || at < 0 || at > fuzzNow + lead) complaints.push(`at is ${at}`);
  }
  for (const { code, message, where } of faults) {
    if (!/^DECODE_[A-Z_]+$/.test(code)) complaints.push(`code ${code}`);
    if (message.length > 300 || where === undefined) complaints.push(`fault ${code} is not told`);
  }
  return complaints;
}
