import { CaretakerError, type Text } from '@caretaker/readings/base';
import type {
  Reporter,
  TicketCommand,
  TicketCommandType,
  TicketEvent,
} from '../../contract/index.ts';
import type { Author } from '../../identity/deed.ts';
import type { EstateTime } from '../clocks/time.ts';
import type { TicketLog } from '../meets.ts';
import type { TicketPatch, TicketRow } from '../rows.ts';

/** Who does something to a ticket. */
export interface Doer extends Author {
  /** Whether they may direct others, in the estate of the ticket. */
  readonly directs: boolean;
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** What the code on a wall stands for. */
export interface ScannedPlace {
  readonly estate: string;
  /** What the code is on: an asset, a gateway or a whole place. */
  readonly subject: string;
  /** The place in the words of the estate; null when it does not say. */
  readonly place: Text | null;
  /** What people call it. */
  readonly name: Text;
}

/** Who can say whether what a ticket is about is well. */
export type Watch =
  /** No rule found it. */
  | 'none'
  /** A rule does, but nothing is heard of it. */
  | 'silent'
  | 'watched';

/** What commands may ask beside the ticket and its log. */
export interface Facts {
  /** Somebody who may act on tickets of the estate; null for everybody else. */
  person(id: string): Promise<Named | null>;
  /** @throws CaretakerError `CLOUD_FILE_UNKNOWN` unless all of these were uploaded to this ticket */
  files(hashes: readonly string[]): Promise<void>;
  /** What a code that was scanned stands for; null for none that is good. */
  scanned(code: string): Promise<ScannedPlace | null>;
  /** Where the subject is; null when the estate does not say. */
  placeOf(subject: string): Text | null;
  watch(): Promise<Watch>;
  /** Takes the customer's code, once; a wrong one counts against it. */
  signOffCode(code: string): Promise<boolean>;
  /** Whether another ticket of the same subject and item is open. */
  otherOpen(): Promise<boolean>;
  /** The time of the estate. */
  readonly time: EstateTime;
}

/** A command with everything that decides about it. */
export interface Scene<T extends TicketCommandType = TicketCommandType> {
  readonly row: TicketRow;
  readonly log: TicketLog;
  readonly by: Doer;
  readonly wish: Extract<TicketCommand, { type: T }>;
  readonly facts: Facts;
}

/** What a command comes to, beside the state that the table says. */
export interface Deed {
  readonly data?: TicketEvent['data'];
  readonly patch?: TicketPatch;
  /** The command is not carried out, yet what its rules wrote stays. */
  readonly refusal?: CaretakerError;
}

export type Act<T extends TicketCommandType> = (scene: Scene<T>) => Deed | Promise<Deed>;
export type Acts<T extends TicketCommandType> = { readonly [K in T]: Act<K> };

const prefix = 'person:';

/** The account behind an actor; null for a program. */
export function personOf({ actor }: { readonly actor: string }): string | null {
  return actor.startsWith(prefix) ? actor.slice(prefix.length) : null;
}

/** Somebody as an entry's data and a ticket name them. */
export function namedIn({ id, name }: Named): { person: string; name: string } {
  return { person: id, name };
}

export function reporterOf({ reporter }: Pick<TicketRow, 'reporter'>): Reporter | null {
  return reporter === null ? null : JSON.parse(reporter);
}

export function problem(code: string, message: string, next: string): CaretakerError {
  return new CaretakerError({ code, message, next });
}

/** @throws CaretakerError `CLOUD_TICKET_INCOMPLETE` always */
export function incomplete(message: string, next: string): never {
  throw problem('CLOUD_TICKET_INCOMPLETE', message, next);
}

/** @throws CaretakerError `CLOUD_TICKET_TIME` always */
export function wrongTime(message: string, next: string): never {
  throw problem('CLOUD_TICKET_TIME', message, next);
}
