import type { Clock, Log } from '@caretaker/readings/base';
import type { Alarm } from '@caretaker/readings/uplink';
import { ruleOf, type Standard } from '@caretaker/standards';
import type { Database } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import type { GatewayRegistry } from '../gateways/registry.ts';
import type { Committed } from '../host/commit.ts';
import type { EstateHost } from '../host/estate-host.ts';
import { type AlarmFault, alarmFault } from './check.ts';
import { type AlarmRow, settleAlarm } from './settle.ts';
import { settlesAt, takeAlarm } from './take.ts';

export interface AlarmDeskParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly registry: Pick<GatewayRegistry, 'completeTo'>;
  readonly hosts: ReadonlyMap<string, Pick<EstateHost, 'context' | 'between'>>;
  /** The one in force. */
  readonly standard: () => Standard;
  /** Tells people at once, after the commit. */
  readonly tell: (news: Committed) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Alarms of one gateway that may wait for their readings; one that raises more is not believed. */
const mostWaiting = 1_000;

/**
 * Where alarms of gateways arrive. They pass by the frames that wait: an alarm is a short transaction of its own,
 * which only the one that runs at the moment goes before. Only the end of its waiting takes its turn among the frames.
 */
export class AlarmDesk {
  readonly #parts: AlarmDeskParts;
  /** Alarms whose readings are not judged yet. */
  #waiting: AlarmRow[] = [];
  #looking = false;

  constructor(parts: AlarmDeskParts) {
    this.#parts = parts;
  }

  /** Takes up what waited when the process ended. */
  async load(): Promise<void> {
    this.#waiting = await this.#read();
  }

  /** Alarms whose readings are not judged yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Takes an alarm; the same one again only adds what its gateway has done since.
   * @returns why it is none of ours; null when it is stored
   */
  async raise(gateway: string, alarm: Alarm): Promise<AlarmFault | null> {
    const { database, directory, hosts, standard, tell, clock, log } = this.#parts;
    const fault = alarmFault(gateway, alarm, {
      ...{ directory, standard: standard(), now: clock.now() },
    });
    if (fault !== null) return fault;
    const rule = ruleOf(standard(), alarm.rule);
    const host = hosts.get(directory.gateways.get(gateway) ?? '');
    if (rule === undefined || host === undefined) return null;
    const full = this.#waiting.filter((one) => one.gateway === gateway).length >= mostWaiting;
    const raised = { gateway, alarm, rule, standard: standard().version, full };
    const { state, news } = await database.write((tx) =>
      takeAlarm(tx, raised, host.context({ behind: false })),
    );
    if (state === 'full') {
      const reason = 'Too many alarms of this gateway wait for their readings.';
      return { code: 'CLOUD_ALARM_UNFIT', reason };
    }
    // Before anything else is asked of the database, which a frame may keep busy now.
    tell(news);
    const { subject, onset } = alarm;
    if (state !== 'known') {
      log.info({ gateway, subject, rule: rule.id, onset, state }, 'a gateway raised an alarm');
    }
    if (state === 'reported') this.#waiting = await this.#read();
    return null;
  }

  /** Ends the waiting of alarms whose readings are judged now. */
  async look(): Promise<void> {
    const { registry } = this.#parts;
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (const alarm of this.#waiting) {
        const judged = registry.completeTo(alarm.gateway) ?? 0;
        if (judged >= settlesAt(alarm)) await this.#settle(alarm);
      }
    } finally {
      this.#looking = false;
    }
  }

  async #settle(alarm: AlarmRow): Promise<void> {
    const { hosts, standard, log } = this.#parts;
    const { version } = standard();
    const host = hosts.get(alarm.estate);
    await host?.between((tx, context) => settleAlarm(tx, alarm, context, version));
    this.#waiting = await this.#read();
    const { gateway, subject, rule, onset } = alarm;
    log.info({ gateway, subject, rule, onset }, 'the readings of an alarm are judged');
  }

  #read(): Promise<AlarmRow[]> {
    return this.#parts.database.read
      .selectFrom('alarms')
      .selectAll()
      .where('state', '=', 'reported')
      .execute();
  }
}
