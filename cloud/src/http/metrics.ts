import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openTicketStates } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import type { Meter } from '../host/meter.ts';
import type { LiveStreams } from '../live/streams.ts';

interface Sources {
  readonly meter: Meter;
  readonly database: Database;
  readonly streams: LiveStreams;
  /** Bytes of frames that wait. */
  readonly waiting: () => number;
}

const counters: readonly (readonly [keyof Meter, name: string, help: string])[] = [
  ['frames', 'frames_total', 'Frames stored and judged'],
  ['readings', 'readings_total', 'Readings accepted'],
  ['duplicateFrames', 'duplicate_frames_total', 'Frames that had been accepted before'],
  ['duplicateReadings', 'duplicate_readings_total', 'Readings the store held already'],
  ['rewinds', 'rewinds_total', 'Frames dropped because earlier ones were missing'],
  ['refused', 'refused_total', 'Frames and readings put into quarantine'],
  ['failures', 'failures_total', 'Failed attempts to store and judge, all tried again'],
];
const quantiles = [50, 90, 99, 99.9];

/** The figures of `/metrics`. */
export class Metrics {
  readonly #sources: Sources;
  readonly #delay = monitorEventLoopDelay({ resolution: 5 });

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  start(): void {
    this.#delay.enable();
  }

  stop(): void {
    this.#delay.disable();
  }

  /** Prometheus text. */
  async text(): Promise<string> {
    const { meter, streams, waiting } = this.#sources;
    const lines: string[] = [];
    const say = (
      name: string,
      type: string,
      help: string,
      ...values: (readonly [string, number])[]
    ) => {
      const full = `caretaker_cloud_${name}`;
      lines.push(`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`);
      for (const [labels, value] of values) lines.push(`${full}${labels} ${value}`);
    };
    for (const [key, name, help] of counters) say(name, 'counter', help, ['', meter[key]]);
    say('waiting_bytes', 'gauge', 'Frames received and not yet taken', ['', waiting()]);
    say('streams', 'gauge', 'Open event streams', ['', streams.count]);
    say('open_tickets', 'gauge', 'Tickets new or acknowledged', ...(await this.#openTickets()));
    say('outbox_pending', 'gauge', 'Pages not yet sent', ['', await this.#pendingPages()]);
    const seconds = (nanoseconds: number) => nanoseconds / 1e9;
    say(
      'loop_delay_seconds',
      'summary',
      'How long the event loop was held, since the last look',
      ...quantiles.map(
        (q) => [`{quantile="${q / 100}"}`, seconds(this.#delay.percentile(q))] as const,
      ),
    );
    say('loop_delay_max_seconds', 'gauge', 'Longest of them', ['', seconds(this.#delay.max)]);
    say('resident_bytes', 'gauge', 'Resident memory', ['', process.memoryUsage.rss()]);
    this.#delay.reset();
    return `${lines.join('\n')}\n`;
  }

  async #openTickets(): Promise<(readonly [string, number])[]> {
    const rows = await this.#sources.database.read
      .selectFrom('tickets')
      .select(['severity', (eb) => eb.fn.countAll<number>().as('n')])
      .where('state', 'in', openTicketStates)
      .groupBy('severity')
      .execute();
    return rows.map(({ severity, n }) => [`{severity="${severity}"}`, Number(n)] as const);
  }

  async #pendingPages(): Promise<number> {
    const { n } = await this.#sources.database.read
      .selectFrom('outbox')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('done', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(n);
  }
}
