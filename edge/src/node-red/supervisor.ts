import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Clock, Log } from '@caretaker/readings/base';
import { readPrivate, writePrivate } from '../access/private-file.ts';
import { newPepper } from '../access/secret.ts';
import { confinement } from './confinement.ts';
import { keepDebuggerShut } from './debugger.ts';
import { keepFlows } from './keep-flows.ts';
import type { ChildOrder } from './messages.ts';
import { type End, type EndReason, nextStart } from './plan.ts';
import { type Ended, Run, type RunLimits, ranOutOfHeap, runLimits } from './run.ts';

/** How flows reach the broker of their devices. */
export interface BrokerAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface NodeRedOptions {
  /** Its own folder. */
  readonly directory: string;
  /** What its heap may take. */
  readonly megabytes: number;
  /** See `confinement`. */
  readonly confined: boolean;
  readonly gateway: string;
  readonly estate: string;
  /** Asked before each start, so that each has a secret of its own. */
  readonly grant: () => BrokerAccess;
  /** Takes it back. */
  readonly revoke: () => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<RunLimits>;
}

export interface NodeRedStatus {
  /** `safe`: its editor answers, and its flows wait for somebody to mend them. */
  readonly state: 'starting' | 'running' | 'safe' | 'waiting' | 'unusable';
  /** Since the gateway was started. */
  readonly restarts: number;
  /** Bytes; null while it does not run. */
  readonly memory: number | null;
  /** Why it ended last, and when; null when it has not. */
  readonly ended: { readonly why: EndReason; readonly at: number } | null;
}

const palette = path.join(import.meta.dirname, '../../node-red/palette');
/** What the child is given of the gateway's environment: how this machine is, and nothing that is secret. */
const inherited = [
  'PATH',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_COMPILE_CACHE',
  'NODE_EXTRA_CA_CERTS',
];
const ENDS_KEPT = 10;

/** Runs Node-RED in a process of its own and keeps it running, whatever its flows do. */
export class NodeRed {
  readonly #options: NodeRedOptions;
  readonly #ends: End[] = [];
  #state: NodeRedStatus['state'] = 'starting';
  #ended: NodeRedStatus['ended'] = null;
  #restarts = 0;
  #socketDirectory: string | null = null;
  #run: Run | null = null;
  #ready = false;
  #stopped = false;
  #endPause: (() => void) | null = null;
  #openDebugger: (() => void) | null = null;
  #done: Promise<void> = Promise.resolve();

  constructor(options: NodeRedOptions) {
    this.#options = options;
  }

  /** The Unix socket of its editor; null while that does not answer. */
  get socket(): string | null {
    return this.#ready ? this.#socketPath : null;
  }

  get status(): NodeRedStatus {
    return {
      state: this.#state,
      restarts: this.#restarts,
      memory: this.#run?.memory ?? null,
      ended: this.#ended,
    };
  }

  /** Begins to start it, without waiting: devices need nothing of it. */
  start(): void {
    this.#openDebugger = keepDebuggerShut(this.#options.log);
    this.#done = this.#supervise().catch((error: unknown) => {
      this.#state = 'unusable';
      this.#options.log.error({ error }, 'Node-RED cannot be run');
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endPause?.();
    this.#run?.stop();
    await this.#done;
    this.#openDebugger?.();
    if (this.#socketDirectory !== null) {
      await rm(this.#socketDirectory, { recursive: true, force: true });
    }
  }

  async #supervise(): Promise<void> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const credentialSecret = await keptSecret(path.join(directory, 'credential-secret'));
    // Not in the data folder: a path of a Unix socket may have some hundred characters.
    this.#socketDirectory = await mkdtemp(path.join(os.tmpdir(), 'caretaker-'));
    let safe = false;
    while (!this.#stopped) {
      const ended = await this.#once(credentialSecret, safe);
      if (ended.why === null) return;
      const plan = this.#note(ended, ended.why);
      await this.#pause(plan.afterMs);
      safe = plan.safe;
      this.#restarts += 1;
    }
  }

  async #once(credentialSecret: string, safe: boolean): Promise<Ended> {
    const { megabytes, confined, clock, log, limits, revoke, directory, gateway } = this.#options;
    this.#state = 'starting';
    const order: ChildOrder = {
      type: 'start',
      socket: this.#socketPath,
      userDirectory: directory,
      palette,
      credentialSecret,
      safe,
      title: `Node-RED · ${gateway}`,
    };
    await rm(this.#socketPath, { force: true });
    if (this.#stopped) return { why: null, code: null, signal: null, said: '' };
    const run = new Run({
      ...{ order, env: this.#environment(), megabytes, clock, log },
      flags: confined ? confinement([directory, path.dirname(this.#socketPath)]) : [],
      limits: { ...runLimits, ...limits },
      onReady: () => {
        this.#ready = true;
        this.#state = safe ? 'safe' : 'running';
        log.info({ safe }, 'Node-RED runs');
      },
      onFlows: () => {
        if (this.#ready) this.#state = 'running';
        keepFlows(directory).catch((error: unknown) => {
          log.warn({ error }, 'flows may be lost when the power fails now');
        });
      },
    });
    this.#run = run;
    try {
      return await run.run();
    } finally {
      this.#run = null;
      this.#ready = false;
      this.#state = 'waiting';
      revoke();
    }
  }

  #environment(): Record<string, string> {
    const { grant, estate, directory } = this.#options;
    const { url, user, password } = grant();
    const { hostname, port } = new URL(url);
    const env: Record<string, string> = {
      HOME: directory,
      CARETAKER_MQTT_URL: url,
      CARETAKER_MQTT_HOST: hostname,
      CARETAKER_MQTT_PORT: port,
      CARETAKER_MQTT_USER: user,
      CARETAKER_MQTT_PASSWORD: password,
      CARETAKER_ESTATE_ID: estate,
    };
    for (const name of inherited) {
      const value = process.env[name];
      if (value !== undefined) env[name] = value;
    }
    return env;
  }

  #note(ended: Ended, reason: EndReason): ReturnType<typeof nextStart> {
    const { clock, log } = this.#options;
    const why = ranOutOfHeap(ended) ? 'memory' : reason;
    this.#ended = { why, at: clock.now() };
    this.#ends.push({ why, at: clock.monotonic() });
    if (this.#ends.length > ENDS_KEPT) this.#ends.shift();
    const plan = nextStart(this.#ends);
    const { code, signal, said } = ended;
    log.warn({ why, code, signal, said, ...plan }, 'Node-RED ended and is started again');
    return plan;
  }

  /** Waits, or until it is to stop. */
  async #pause(ms: number): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(ms, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
    this.#endPause = null;
  }

  get #socketPath(): string {
    return path.join(this.#socketDirectory ?? '', 'editor.sock');
  }
}

/** The secret of a file, made at the first start. @throws CaretakerError `EDGE_FILE_NOT_PRIVATE` */
async function keptSecret(file: string): Promise<string> {
  const kept = (await readPrivate(file))?.trim() ?? '';
  if (kept !== '') return kept;
  const made = newPepper();
  await writePrivate(file, `${made}\n`);
  return made;
}
