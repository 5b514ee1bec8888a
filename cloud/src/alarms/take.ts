import type { Alarm, AlarmAction } from '@caretaker/readings/uplink';
import type { Rule } from '@caretaker/standards';
import type { AlarmTables } from '../db/alarm-tables.ts';
import type { Tx } from '../db/database.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import { type CommitContext, type Committed, commitItems } from '../host/commit.ts';
import type { TicketRow } from '../tickets/rows.ts';
import { noteActions, noteAlarm } from './note.ts';
import { refuted } from './texts.ts';
import { withdraw } from './withdraw.ts';

/** An alarm that is sound, and the rule of ours that it names. */
export interface Raised {
  readonly gateway: string;
  readonly alarm: Alarm;
  readonly rule: Rule;
  /** Version of the standard in force here. */
  readonly standard: string;
  /** No further one of the gateway can be taken; what it does because of those that were can. */
  readonly full: boolean;
}

export interface Taken {
  /**
   * `known`: it was taken before; its gateway may have done more since. `full`: it is not taken. The rest as in the
   * table.
   */
  readonly state: 'known' | 'full' | 'reported' | 'joined' | 'refuted';
  readonly news: Committed;
}

/**
 * The gateway's complete-to has to pass the alarm by this much before its readings are held to say something else:
 * what time alone brings is said up to 10 s later of a device that empties its buffer.
 */
const settleGrace = 15_000;
const nothing: Committed = { episodes: [], tickets: [] };

/** When the engine has judged what the alarm rests on, in complete-to of the gateway. */
export function settlesAt({ detected, raised }: Pick<Alarm, 'detected' | 'raised'>): number {
  return Math.max(detected, raised) + settleGrace;
}

/**
 * Takes an alarm, once. What the engine has said already is joined; what it has judged and not said is refuted;
 * otherwise a reported episode opens or joins the ticket of its (subject, item), which pages at once.
 */
export async function takeAlarm(tx: Tx, raised: Raised, context: CommitContext): Promise<Taken> {
  const { gateway, alarm } = raised;
  const known = await find(tx, raised);
  if (known !== undefined)
    return { state: 'known', news: await addActions(tx, raised, known, context) };
  if (raised.full) return { state: 'full', news: nothing };
  const said = await standingOver(tx, alarm);
  if (said !== undefined) {
    await keep(tx, raised, context, { state: 'joined', episode: said.id, settled: context.now });
    return { state: 'joined', news: ticketNews(await noteAlarm(tx, raised, said.id, context)) };
  }
  if ((await judgedTo(tx, gateway)) >= settlesAt(alarm)) return refute(tx, raised, context);
  const row = await report(tx, raised, context);
  await keep(tx, raised, context, { state: 'reported', episode: row.id, settled: null });
  const news = await open(tx, raised, row, { ...context, current: true });
  return { state: 'reported', news };
}

/** Opens or joins the ticket of a reported episode, and says on it who reported it and what was done. */
async function open(tx: Tx, raised: Raised, row: EpisodeRow, context: CommitContext) {
  const { subject, item, onset } = row;
  const items = [{ subject, item, since: onset, news: [] }];
  const tickets = await commitItems(tx, items, context, new Set([row.id]));
  const noted = await noteAlarm(tx, raised, row.id, context);
  const others = tickets.filter(({ id }) => id !== noted?.id);
  const episodes = [{ ...row, ticket: noted?.id ?? null }];
  return { episodes, tickets: noted === null ? others : [...others, noted] };
}

/** Nobody hears of it, unless the gateway has done something: that is on record in a ticket, withdrawn as it comes. */
async function refute(tx: Tx, raised: Raised, context: CommitContext): Promise<Taken> {
  const acted = raised.alarm.actions.length > 0;
  const { episode, news } = acted
    ? await openAndWithdraw(tx, raised, context)
    : { episode: null, news: nothing };
  await keep(tx, raised, context, { state: 'refuted', episode, settled: context.now });
  return { state: 'refuted', news };
}

async function openAndWithdraw(tx: Tx, raised: Raised, context: CommitContext) {
  const quiet = { ...context, quiet: true };
  const row = await report(tx, raised, context);
  await open(tx, raised, row, quiet);
  const { standardVersion: gateway } = raised.alarm;
  const news = await withdraw(tx, row, refuted({ gateway, cloud: raised.standard }), quiet);
  return { episode: row.id, news };
}

type Known = Pick<AlarmTables['alarms'], 'episode'> & { readonly actions: string };

function find(tx: Tx, { gateway, alarm }: Raised): Promise<Known | undefined> {
  return tx
    .selectFrom('alarms')
    .select(['episode', 'actions'])
    .where('gateway', '=', gateway)
    .where('subject', '=', alarm.subject)
    .where('rule', '=', alarm.rule)
    .where('onset', '=', alarm.onset)
    .executeTakeFirst();
}

/** Adds what the gateway has done since it raised the alarm. */
async function addActions(tx: Tx, raised: Raised, known: Known, context: CommitContext) {
  const { gateway, alarm } = raised;
  const before: AlarmAction[] = JSON.parse(known.actions);
  const told = new Set(before.map(nameOf));
  const fresh = alarm.actions.filter((action) => !told.has(nameOf(action)));
  if (fresh.length === 0) return nothing;
  const recorded =
    known.episode === null
      ? await openAndWithdraw(tx, raised, context)
      : { episode: known.episode, news: null };
  await tx
    .updateTable('alarms')
    .set({ actions: JSON.stringify([...before, ...fresh]), episode: recorded.episode })
    .where('gateway', '=', gateway)
    .where('subject', '=', alarm.subject)
    .where('rule', '=', alarm.rule)
    .where('onset', '=', alarm.onset)
    .execute();
  if (recorded.news !== null) return recorded.news;
  return ticketNews(await noteActions(tx, raised, recorded.episode, fresh, context));
}

/** A gateway does nothing twice in the same millisecond. */
const nameOf = ({ kind, target, undo, at }: AlarmAction) => `${at} ${kind} ${undo} ${target}`;

function ticketNews(ticket: TicketRow | null): Committed {
  return { episodes: [], tickets: ticket === null ? [] : [ticket] };
}

/** What the engine says of the alarm's rule at its time, with whatever onset. */
export function standingOver(
  tx: Tx,
  {
    subject,
    rule,
    onset,
    detected,
    end,
  }: Pick<Alarm, 'subject' | 'rule' | 'onset' | 'detected'> & {
    readonly end: number | null;
  },
): Promise<EpisodeRow | undefined> {
  return tx
    .selectFrom('episodes')
    .selectAll()
    .where('subject', '=', subject)
    .where('rule', '=', rule)
    .where('state', '=', 'standing')
    .where('onset', '<=', Math.max(end ?? detected, onset))
    .where((eb) => eb.or([eb('ended', 'is', null), eb('ended', '>=', onset)]))
    .orderBy('onset')
    .executeTakeFirst();
}

/** Complete-to of a gateway as the episodes in this transaction follow from it. */
async function judgedTo(tx: Tx, gateway: string): Promise<number> {
  const row = await tx
    .selectFrom('gateways')
    .select('complete_to')
    .where('id', '=', gateway)
    .executeTakeFirst();
  return row?.complete_to ?? 0;
}

/** The gateway's episode, for as long as the engine has not judged its readings. */
function report(
  tx: Tx,
  { alarm, rule }: Raised,
  { estate, now }: CommitContext,
): Promise<EpisodeRow> {
  const { subject, onset, detected, end, severity, standardVersion, why, worst } = alarm;
  return tx
    .insertInto('episodes')
    .values({
      estate,
      subject,
      rule: rule.id,
      item: rule.item,
      onset,
      detected,
      ended: end,
      worst: worst === null ? null : JSON.stringify(worst),
      worst_at: alarm.worstAt,
      severity,
      effect: rule.effect,
      standard_version: standardVersion,
      why: JSON.stringify(why),
      latched: Number(rule.latched),
      history: 0,
      state: 'reported',
      learnt: now,
      alarmed: 1,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

interface Outcome {
  readonly state: 'reported' | 'joined' | 'refuted';
  readonly episode: number | null;
  readonly settled: number | null;
}

async function keep(
  tx: Tx,
  { gateway, alarm }: Raised,
  { estate, now }: CommitContext,
  outcome: Outcome,
): Promise<void> {
  const { subject, rule, onset, detected, end, raised, standardVersion } = alarm;
  await tx
    .insertInto('alarms')
    .values({
      ...{ gateway, subject, rule, onset, estate, detected, ended: end, raised },
      standard_version: standardVersion,
      readings: JSON.stringify(alarm.readings),
      actions: JSON.stringify(alarm.actions),
      received: now,
      ...outcome,
    })
    .execute();
}
