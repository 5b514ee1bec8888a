import type { ClientMeter } from '@caretaker/readings/mqtt-guard';
import type { Client } from 'aedes';
import { everything, isReserved, mayUse, type Rights } from './rights.ts';

/** A client as it was let in. */
export interface Session {
  readonly client: Client;
  /** Null without a name. */
  readonly credential: {
    readonly id: string;
    readonly digest: string;
    readonly own: boolean;
  } | null;
  rights: Rights;
  /** What was found out about topics; a client uses few. */
  readonly verdicts: Map<string, boolean>;
  readonly meter: ClientMeter | null;
  readonly filters: Set<string>;
  readonly mostFilters: number;
}

const VERDICTS_KEPT = 256;

/** Whether the client may publish there. */
export function maySay(session: Session, topic: string): boolean {
  return session.rights.mute !== true && !isReserved(topic) && mayTouch(session, topic);
}

/** Whether the topic is within the rights of the client, to say or to hear. */
export function mayTouch(session: Session, topic: string): boolean {
  // The one case that has to be quick for thousands of topics; wildcards in a topic aedes refuses itself.
  if (session.rights === everything) return !topic.startsWith('$');
  const known = session.verdicts.get(topic);
  if (known !== undefined) return known;
  const found = mayUse(session.rights, topic);
  if (session.verdicts.size >= VERDICTS_KEPT) session.verdicts.clear();
  session.verdicts.set(topic, found);
  return found;
}
