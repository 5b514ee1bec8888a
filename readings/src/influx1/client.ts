import { InfluxDB, type IPoint } from 'influx';
import { CaretakerError } from '../base/index.ts';
import type { RawRetention } from '../store.ts';
import { influxError, type Server, unavailable } from './faults.ts';
import { quoted, type Rows } from './layout.ts';
import { type Policy, setUpPolicy } from './policies.ts';

/** How long a request may take before the server counts as gone. */
const PATIENCE_MS = 30_000;
const PROBE_MS = 5_000;
/** Statements of one request: an answer stays small enough to parse without holding the loop. */
const STATEMENTS = 100;

/** Where readings lie, and the sums of hours, which stay. */
const RAW_POLICY = 'caretaker_readings';
const HOURLY_POLICY = 'caretaker_hourly';

/** Without waiting: a host that failed once is asked again at the next call, whose retry the caller decides. */
const NO_BACKOFF = { getDelay: () => 0, next: () => NO_BACKOFF, reset: () => NO_BACKOFF };

interface RawResponse {
  readonly results: readonly { readonly series?: readonly Rows[]; readonly error?: string }[];
}

/** Requests to one database of one InfluxDB 1.x server, with our errors. */
export class Influx1Client {
  readonly server: Server;
  readonly #url: URL;
  readonly #influx: InfluxDB;
  /** @throws CaretakerError `READINGS_STORE_URL`. */
  constructor(url: string, database: string) {
    this.#url = parse(url);
    const { protocol, hostname, port, pathname, username, password } = this.#url;
    const address = `${protocol}//${this.#url.host}${pathname}`;
    this.server = { address, database };
    this.#influx = new InfluxDB({
      protocol: protocol === 'https:' ? 'https' : 'http',
      host: hostname,
      port: Number(port || 8086),
      path: pathname === '/' ? '' : pathname,
      ...(username === ''
        ? {}
        : { username: decodeURIComponent(username), password: decodeURIComponent(password) }),
      database,
      pool: { backoff: NO_BACKOFF, maxRetries: 1, requestTimeout: PATIENCE_MS },
    });
  }

  /**
   * Checks that the server is one we can talk to, and creates the database and its policies.
   * @param keepMs for how long readings stay at least
   * @throws CaretakerError `READINGS_STORE_WRONG_SERVER`, `READINGS_STORE_UNAVAILABLE`.
   */
  async open(keepMs: RawRetention | undefined): Promise<void> {
    await this.#probe();
    try {
      await limited(this.#influx.createDatabase(this.server.database));
    } catch (error) {
      // A user who may not create databases may still be granted this one, made by somebody who may.
      const usable = await this.query(['SHOW MEASUREMENTS LIMIT 1']).then(
        () => true,
        () => false,
      );
      if (!usable) throw influxError(error, this.server);
    }
    await setUpPolicy(this, readingsPolicy(keepMs), 'longer');
    await setUpPolicy(this, { name: HOURLY_POLICY, keepMs: null, isDefault: false }, 'exactly');
  }

  /** Lets readings go that are older. */
  async keep(keepMs: RawRetention | undefined): Promise<void> {
    await setUpPolicy(this, readingsPolicy(keepMs), 'exactly');
  }

  /** The name of a measurement of readings in a query. */
  measurement(kind: string): string {
    return `${quoted(RAW_POLICY)}.${quoted(kind)}`;
  }

  get everyMeasurement(): string {
    return `${quoted(RAW_POLICY)}./.*/`;
  }

  /** Measurements of hours. */
  get everyHour(): string {
    return `${quoted(HOURLY_POLICY)}./[.]hourly$/`;
  }

  /** That of one that stays. */
  keptMeasurement(name: string): string {
    return `${quoted(HOURLY_POLICY)}.${quoted(name)}`;
  }

  /** One answer a statement. Placeholders are named `$name` in the statements. */
  async query(
    statements: readonly string[],
    placeholders: Readonly<Record<string, string>> = {},
  ): Promise<readonly (readonly Rows[])[]> {
    const answers: (readonly Rows[])[] = [];
    for (let from = 0; from < statements.length; from += STATEMENTS) {
      const part = statements.slice(from, from + STATEMENTS);
      const { results } = await this.#queryOnce(part.join('; '), placeholders);
      for (const { series, error } of results) {
        if (error !== undefined) {
          throw influxError({ message: error, res: { statusCode: 400 } }, this.server);
        }
        answers.push(series ?? []);
      }
    }
    return answers;
  }

  async #queryOnce(
    query: string,
    placeholders: Readonly<Record<string, string>>,
  ): Promise<RawResponse> {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const options = { precision: 'ms', placeholders, method: 'POST', signal } as const;
      return (await limited(this.#influx.queryRaw(query, options))) as RawResponse;
    } catch (error) {
      throw influxError(error, this.server);
    }
  }

  /** Durable when it resolves. @throws what the client throws: the caller knows whose points they were. */
  async write(points: IPoint[]): Promise<void> {
    await this.#write(points, RAW_POLICY);
  }

  /** Durable when it resolves; what lies there is replaced. */
  async keepPoints(points: IPoint[]): Promise<void> {
    try {
      await this.#write(points, HOURLY_POLICY);
    } catch (error) {
      throw influxError(error, this.server);
    }
  }

  async #write(points: IPoint[], retentionPolicy: string): Promise<void> {
    await limited(this.#influx.writePoints(points, { precision: 'ms', retentionPolicy }));
  }

  async #probe(): Promise<void> {
    const version = await this.#version();
    if (version !== null && /^v?1\./.test(version)) return;
    const found = version === null ? 'no InfluxDB' : `InfluxDB ${version}`;
    throw new CaretakerError({
      code: 'READINGS_STORE_WRONG_SERVER',
      message: `There is ${found} at this address; this store speaks to InfluxDB 1.x`,
      next: 'Let INFLUX_URL name an InfluxDB 1.x, or leave it out to use the built-in store.',
      where: this.server.address,
    });
  }

  async #version(): Promise<string | null> {
    const ping = new URL(this.#url);
    ping.username = '';
    ping.password = '';
    ping.pathname = `${ping.pathname.replace(/\/$/, '')}/ping`;
    try {
      const answer = await fetch(ping, { signal: AbortSignal.timeout(PROBE_MS) });
      await answer.body?.cancel();
      return answer.headers.get('x-influxdb-version');
    } catch (cause) {
      throw unavailable(
        'InfluxDB cannot be reached',
        'Check that it runs and that INFLUX_URL names it.',
        this.server.address,
        cause,
      );
    }
  }
}

function readingsPolicy(keepMs: RawRetention | undefined): Policy {
  return { name: RAW_POLICY, keepMs, isDefault: true };
}

function parse(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new CaretakerError({
    code: 'READINGS_STORE_URL',
    message: 'The address of InfluxDB is not an http or https URL',
    next: 'Write INFLUX_URL as http://host:8086.',
  });
}

/** The client waits for ever when a connection breaks in the middle of an answer. */
async function limited<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('no answer in 30 s')), PATIENCE_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
