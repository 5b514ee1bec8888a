import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import {
  type FluxTableMetaData,
  InfluxDB,
  setLogger,
  type WriteApi,
} from '@influxdata/influxdb-client';
import { CaretakerError } from '../base/index.ts';
import { influxError, type Server } from './faults.ts';
import type { Row } from './layout.ts';
import type { Flux } from './queries.ts';

/** How long a request may be silent before the server counts as gone. */
const PATIENCE_MS = 30_000;
/** Lines of one request; the writer gives fewer at once. */
const BATCH = 5_000;

export interface Influx2Settings {
  /** `http://host:8086`. */
  readonly url: string;
  /** Reads and writes the bucket and `<bucket>_hourly`; makes them when it may. */
  readonly token: string;
  /** Name or id of the organisation. */
  readonly organisation: string;
  readonly bucket: string;
}

/** Requests to one InfluxDB 2.x server, with our errors. The token is in none of them. */
export class Influx2Client {
  readonly server: Server;
  readonly api: InfluxDB;
  readonly #agent: Agent;
  #writers = new Map<string, WriteApi>();

  /** @throws CaretakerError `READINGS_STORE_URL`. */
  constructor({ url, token, organisation, bucket }: Influx2Settings) {
    const { protocol, host, pathname } = parse(url);
    const address = `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
    this.server = { address, organisation, bucket };
    const agents = { keepAlive: true, maxSockets: 8 };
    this.#agent = protocol === 'https:' ? new TlsAgent(agents) : new Agent(agents);
    const transportOptions = { agent: this.#agent };
    this.api = new InfluxDB({ url: address, token, timeout: PATIENCE_MS, transportOptions });
    // What it says on the console besides is in the errors that it throws.
    setLogger({ error() {}, warn() {} });
  }

  /** Where hours lie, which stay. */
  get hourly(): string {
    return `${this.server.bucket}_hourly`;
  }

  /** Durable when it resolves. @throws what the client throws: the caller knows whose lines they were. */
  async write(bucket: string, lines: readonly string[]): Promise<void> {
    const writer = this.#writer(bucket);
    for (let from = 0; from < lines.length; from += BATCH) {
      writer.writeRecords(lines.slice(from, from + BATCH));
      await writer.flush();
    }
  }

  #writer(bucket: string): WriteApi {
    let writer = this.#writers.get(bucket);
    if (writer === undefined) {
      // It would keep what failed in memory and try again by itself: whoever writes here decides that. It sends
      // nothing before it is told to, as it forgets the errors of what it sends by itself.
      writer = this.api.getWriteApi(this.server.organisation, bucket, 'ms', {
        batchSize: BATCH + 1,
        flushInterval: 0,
        maxRetries: 0,
      });
      this.#writers.set(bucket, writer);
    }
    return writer;
  }

  /**
   * Hands on the rows of an answer as they come.
   * @throws CaretakerError also when the server breaks off in the middle of an answer
   */
  async query(query: Flux, onRow: (row: Row) => void): Promise<void> {
    let of: FluxTableMetaData | null = null;
    let read: (values: readonly string[]) => Row | null = () => null;
    try {
      await this.api
        .getQueryApi(this.server.organisation)
        .collectRows(query.toString(), (values, table) => {
          if (table !== of) {
            of = table;
            read = rowReader(table);
          }
          const row = read(values);
          if (row !== null) onRow(row);
        });
    } catch (error) {
      throw influxError(error, this.server);
    }
  }

  /** Ends the connections. */
  close(): void {
    this.#writers.clear();
    this.#agent.destroy();
  }
}

/** Reads the rows of a table of an answer; a row without a field is nobody's. */
function rowReader(table: FluxTableMetaData): (values: readonly string[]) => Row | null {
  const column = (label: string) => table.column(label, false);
  const [estate, asset, field] = [column('estate'), column('asset'), column('_field')];
  const [time, value, error] = [column('_time'), column('_value'), column('error')];
  const dataType = value.dataType;
  return (values) => {
    const row = values as string[];
    // What goes wrong after the answer began comes as a table of its own.
    if (error.label === 'error') throw new Error(String(error.get(row)));
    return {
      asset: `${estate.get(row) ?? ''}/${asset.get(row) ?? ''}`,
      field: field.get(row) ?? '',
      at: time.label === '_time' ? Date.parse(time.get(row)) : 0,
      value: value.get(row),
      dataType,
    };
  };
}

function parse(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed;
  throw new CaretakerError({
    code: 'READINGS_STORE_URL',
    message: 'The address of InfluxDB is not an http or https URL',
    next: 'Write INFLUX2_URL as http://host:8086.',
  });
}
