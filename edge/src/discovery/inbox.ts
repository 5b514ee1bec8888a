import { createHash } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import {
  everyPreset,
  type LearntPoint,
  learn,
  remember,
  sameShape,
  suggest,
  type Unmapped,
} from '@caretaker/devices/decode';
import type { Estate } from '@caretaker/devices/model';
import type { Clock, Log } from '@caretaker/readings/base';
import type { DiscoveryEntry } from '@caretaker/readings/uplink';
import { DiscoveryFile, type Row } from './file.ts';
import { Lessons } from './lessons.ts';
import { isNamed } from './named.ts';

export interface DiscoveryOptions {
  readonly file: string;
  readonly estate: Estate;
  readonly clock: Clock;
  readonly log: Log;
  /** Rows kept; beyond it the one that was quiet for longest goes. */
  readonly rows?: number;
}

const MOST_ROWS = 500;
const SAMPLE_BYTES = 1_024;
const TEXT_LENGTH = 256;
const TOPIC_LENGTH = 512;
/** A flood of unmapped messages costs one commit in this time, and so many rows of it. */
const GROUP_MS = 1_000;
const MOST_PENDING = 50;
/** Descriptions come in a burst, at the start of a connection, and then hardly ever. */
const MOST_LESSONS = 1_000;
const LESSONS_AT_ONCE = 50;
const LESSON_BYTES = 32_768;
const LESSON_TOPIC = /^homeassistant\/.*\/config$/;
/** What comes back to us from our own outward topics, and what a broker says of itself. */
const OURS = /^(\$|ctk\/|ctk-events\/)/;

interface Pending {
  readonly unmapped: Unmapped;
  readonly sample: Uint8Array;
  readonly bytes: number;
  count: number;
}

/** Somebody listens to what the inbox does. */
export interface DiscoveryListener {
  /** A row is new, or says something else. */
  changed(id: string): void;
  /** Only its count and its last time have changed. */
  counted(id: string): void;
  gone(id: string): void;
}

/**
 * The devices and topics that talk and that no mapping names, with what might be made of them: on disk and bounded.
 * Taking a message costs one look-up; everything else happens once in a second.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #most: number;
  #estate: Estate;
  #file: DiscoveryFile | null = null;
  #lessons: Lessons | null = null;
  #pending = new Map<string, Pending>();
  #untaught = new Map<string, Uint8Array>();
  #scheduled: (() => void) | null = null;
  #listener: DiscoveryListener | null = null;
  #missed = 0;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#estate = options.estate;
    this.#most = options.rows ?? MOST_ROWS;
  }

  /**
   * Opens the file; a damaged one is moved aside, for what is in it can be learnt again.
   * @throws CaretakerError `EDGE_DISCOVERY_UNAVAILABLE`
   */
  start(): void {
    const { file, log } = this.#options;
    try {
      this.#file = new DiscoveryFile(file);
    } catch (error) {
      log.error({ error }, 'the list of unmapped devices is damaged and begins anew');
      renameSync(file, `${file}.damaged`);
      // They belong to the damaged one, and would be taken for those of the new one.
      for (const side of ['-wal', '-shm']) rmSync(`${file}${side}`, { force: true });
      this.#file = new DiscoveryFile(file);
    }
    // Read from disk now, and not while messages wait.
    everyPreset();
    this.#lessons = new Lessons(this.#file);
    this.estateChanged(this.#estate);
  }

  /** One listener: the report to the cloud. */
  listen(listener: DiscoveryListener): void {
    this.#listener = listener;
  }

  /** Rows in the list that nobody ignores. */
  get listed(): number {
    return this.#tried(0, (file) => file.listed);
  }

  /** Messages since start that were not listed, because too many unmapped devices talked at once. */
  get missed(): number {
    return this.#missed;
  }

  /** A message came that no mapping names. */
  note(unmapped: Unmapped, payload: Uint8Array): void {
    // Many a device says in one breath what it is on one topic, and what it measures on another.
    const key = `${unmapped.format}\n${unmapped.device}\n${unmapped.topic}`;
    const before = this.#pending.get(key);
    if (before !== undefined) {
      before.count += 1;
      return;
    }
    if (OURS.test(unmapped.topic)) return;
    if (this.#pending.size >= MOST_PENDING) {
      this.#missed += 1;
      return;
    }
    // A copy: the payload is a part of a larger buffer of its connection.
    const sample = Uint8Array.from(payload.subarray(0, SAMPLE_BYTES));
    this.#pending.set(key, { unmapped, sample, bytes: payload.length, count: 1 });
    this.#scheduled ??= this.#options.clock.after(GROUP_MS, () => this.#flush());
  }

  /**
   * Takes in what a device describes of itself for Home Assistant; that is no message of a device.
   * @returns whether it was that
   */
  learn(topic: string, payload: Uint8Array): boolean {
    if (!LESSON_TOPIC.test(topic)) return false;
    if (payload.length > LESSON_BYTES || this.#untaught.size >= MOST_LESSONS) return true;
    this.#untaught.set(topic, Uint8Array.from(payload));
    this.#scheduled ??= this.#options.clock.after(GROUP_MS, () => this.#flush());
    return true;
  }

  /** The one heard last first. */
  entries(): DiscoveryEntry[] {
    this.#flush();
    return this.#tried([], (file) => file.all().map(entryOf));
  }

  /** @returns null when it is in the list no more */
  entry(id: string): DiscoveryEntry | null {
    return this.#tried(null, (file) => {
      const row = file.get(id);
      return row === null ? null : entryOf(row);
    });
  }

  /**
   * Somebody says that a device is none of ours, or that it is after all.
   * @returns false when there is no such device in the list
   */
  ignore(id: string, ignored: boolean): boolean {
    if (this.#file?.ignore(id, ignored) !== true) return false;
    this.#listener?.changed(id);
    return true;
  }

  /** What the estate names now is unmapped no more; what is suggested must not take ids that are used now. */
  estateChanged(estate: Estate): void {
    this.#estate = estate;
    this.#flush();
    this.#tried(undefined, (file) => this.#follow(file, estate));
  }

  #follow(file: DiscoveryFile, estate: Estate): void {
    const rows = file.all();
    const named = rows.filter((row) => isNamed(row, estate));
    file.remove(named.map(({ id }) => id));
    for (const { id } of named) this.#listener?.gone(id);
    const ids = new Set(estate.assets.map(({ id }) => id));
    const left = rows.filter((row) => !named.includes(row) && clashes(row, ids));
    this.#keep(left.map((row) => ({ ...row, suggestion: this.#suggestion(row) })));
  }

  stop(): void {
    this.#flush();
    this.#file?.close();
    this.#file = null;
  }

  #flush(): void {
    this.#scheduled?.();
    this.#scheduled = null;
    const pending = this.#pending;
    this.#pending = new Map();
    this.#tried(undefined, (file) => {
      this.#teach(file);
      this.#keep(this.#rowsOf(pending.values()));
    });
  }

  /** What is in the file can be learnt again: when its disk fails, nothing else must. */
  #tried<T>(otherwise: T, use: (file: DiscoveryFile) => T): T {
    if (this.#file === null) return otherwise;
    try {
      return use(this.#file);
    } catch (error) {
      this.#options.log.error({ error }, 'the list of unmapped devices cannot be used');
      return otherwise;
    }
  }

  /** So many at once, and the rest a second later: reading them takes time. */
  #teach(file: DiscoveryFile): void {
    const lessons = new Map<string, readonly LearntPoint[]>();
    for (const [topic, payload] of this.#untaught) {
      if (lessons.size === LESSONS_AT_ONCE) break;
      this.#untaught.delete(topic);
      lessons.set(topic, learn(topic, payload)?.points ?? []);
    }
    if (this.#untaught.size > 0) {
      this.#scheduled = this.#options.clock.after(GROUP_MS, () => this.#flush());
    }
    const topics = this.#lessons?.take(lessons) ?? new Set();
    if (topics.size === 0) return;
    const rows = file.all().filter(({ topic }) => topics.has(topic));
    this.#keep(rows.map((row) => ({ ...row, suggestion: this.#suggestion(row) })));
  }

  #keep(rows: readonly Row[]): void {
    const file = this.#file;
    if (file === null || rows.length === 0) return;
    const before = new Map(rows.map(({ id }) => [id, file.get(id)]));
    const gone = new Set(file.put(rows, this.#most));
    for (const row of rows) {
      const old = before.get(row.id) ?? null;
      if (gone.has(row.id)) continue;
      const same = JSON.stringify(old?.suggestion) === JSON.stringify(row.suggestion);
      if (old !== null && same) this.#listener?.counted(row.id);
      else this.#listener?.changed(row.id);
    }
    for (const id of gone) this.#listener?.gone(id);
  }

  /** One row a device, whatever number of topics it has talked on. */
  #rowsOf(pending: Iterable<Pending>): Row[] {
    const rows = new Map<string, Row>();
    for (const one of pending) {
      const row = this.#rowOf(one, rows);
      rows.set(row.id, row);
    }
    return [...rows.values()];
  }

  #rowOf({ unmapped, sample, bytes, count }: Pending, made: ReadonlyMap<string, Row>): Row {
    const { format, topic, aliases, body } = unmapped;
    const device = byTopic.has(format) ? null : unmapped.device.slice(0, TEXT_LENGTH);
    const id = device === null ? identity('topic', topic) : identity(format, device);
    const now = this.#options.clock.now();
    const old = made.get(id) ?? this.#file?.get(id) ?? null;
    const said = { topic: topic.slice(0, TOPIC_LENGTH), sample, bytes };
    // A join or a sign of life would only hide what the device has said before.
    const last = old === null || saysValues(body) ? said : old;
    const seen = remember(old?.seen ?? null, body);
    const row: Row = {
      ...{ id, format, device, aliases },
      name: unmapped.name?.slice(0, TEXT_LENGTH) ?? old?.name ?? null,
      ...{ topic: last.topic, sample: last.sample, bytes: last.bytes },
      count: (old?.count ?? 0) + count,
      first: old?.first ?? now,
      last: now,
      seen,
      ignored: old?.ignored ?? false,
      suggestion: null,
    };
    const known = old !== null && old.suggestion !== null && sameShape(old.seen, seen);
    return { ...row, suggestion: known ? old.suggestion : this.#suggestion(row) };
  }

  #suggestion({ format, device, name, topic, seen }: Row): unknown {
    const talker = { format, device: device ?? topic, name, topic, body: seen };
    return suggest(talker, this.#estate, this.#lessons?.of(topic));
  }
}

/** Whether there is more in it than facts of its envelope. */
function saysValues(body: Unmapped['body']): boolean {
  return Object.keys(body).some((key) => !key.startsWith('$'));
}

/** Formats whose mappings listen to a topic: their messages name no device. */
const byTopic: ReadonlySet<string> = new Set(['json', 'bare']);

/** Whether a suggestion would make an asset of an id that is used by now. */
function clashes({ suggestion }: Row, ids: ReadonlySet<string>): boolean {
  if (!isSuggestion(suggestion)) return false;
  return suggestion.assets.some(({ id }) => typeof id === 'string' && ids.has(id));
}

/** It is our own, from our own file. */
function isSuggestion(value: unknown): value is NonNullable<DiscoveryEntry['suggestion']> {
  return typeof value === 'object' && value !== null && 'assets' in value;
}

function entryOf(row: Row): DiscoveryEntry {
  const { id, format, device, name, topic, count, first, last, bytes, ignored } = row;
  const sample = Buffer.from(row.sample).toString('base64');
  const suggestion = isSuggestion(row.suggestion) ? row.suggestion : null;
  return {
    ...{ id, format, device, name, topic, count, first, last, sample },
    bytes,
    ignored,
    suggestion,
  };
}

function identity(format: string, said: string): string {
  return createHash('sha256').update(`${format}\n${said}`).digest('hex').slice(0, 16);
}
