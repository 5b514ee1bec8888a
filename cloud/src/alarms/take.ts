import type { Text } from '@caretaker/readings/base';
import type { Alarm } from '@caretaker/readings/uplink';
import type { Rule } from '@caretaker/standards';
import type { Tx } from '../db/database.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import { type CommitContext, type Committed, commitItems } from '../host/commit.ts';
import { append } from '../tickets/append.ts';
import type { TicketRow } from '../tickets/rows.ts';

/** An alarm that is sound, and the rule of ours that it names. */
export interface Raised {
  readonly gateway: string;
  readonly alarm: Alarm;
  readonly rule: Rule;
}

export interface Taken {
  /** `known`: it was taken before. The rest as in the table. */
  readonly state: 'known' | 'reported' | 'joined' | 'refuted';
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
  if (await isKnown(tx, raised)) return { state: 'known', news: nothing };
  const said = await standingOver(tx, alarm);
  if (said !== undefined) {
    await keep(tx, raised, context, { state: 'joined', episode: said.id, settled: context.now });
    const ticket = await note(tx, raised, said.id, context.now);
    return { state: 'joined', news: { episodes: [], tickets: ticket === null ? [] : [ticket] } };
  }
  if ((await judgedTo(tx, gateway)) >= settlesAt(alarm)) {
    await keep(tx, raised, context, { state: 'refuted', episode: null, settled: context.now });
    return { state: 'refuted', news: nothing };
  }
  const row = await report(tx, raised, context);
  await keep(tx, raised, context, { state: 'reported', episode: row.id, settled: null });
  const { subject, item, onset } = row;
  const current = { ...context, current: true };
  const items = [{ subject, item, since: onset, news: [] }];
  const tickets = await commitItems(tx, items, current, new Set([row.id]));
  const noted = await note(tx, raised, row.id, context.now);
  const others = tickets.filter(({ id }) => id !== noted?.id);
  const episodes = [{ ...row, ticket: noted?.id ?? null }];
  return {
    state: 'reported',
    news: { episodes, tickets: noted === null ? others : [...others, noted] },
  };
}

async function isKnown(tx: Tx, { gateway, alarm }: Raised): Promise<boolean> {
  const found = await tx
    .selectFrom('alarms')
    .select('onset')
    .where('gateway', '=', gateway)
    .where('subject', '=', alarm.subject)
    .where('rule', '=', alarm.rule)
    .where('onset', '=', alarm.onset)
    .executeTakeFirst();
  return found !== undefined;
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
  const { subject, rule, onset, detected, end, raised, standardVersion, readings } = alarm;
  await tx
    .insertInto('alarms')
    .values({
      ...{ gateway, subject, rule, onset, estate, detected, ended: end, raised },
      standard_version: standardVersion,
      readings: JSON.stringify(readings),
      received: now,
      ...outcome,
    })
    .execute();
}

/** Says on the episode's ticket, if it has one, that a gateway raised it. */
async function note(
  tx: Tx,
  { gateway }: Raised,
  episode: number,
  now: number,
): Promise<TicketRow | null> {
  const row = await tx
    .selectFrom('episodes')
    .innerJoin('tickets', 'tickets.id', 'episodes.ticket')
    .selectAll('tickets')
    .where('episodes.id', '=', episode)
    .executeTakeFirst();
  if (row === undefined) return null;
  const said = { type: 'alarm-raised', note: null, reason: raisedBy(gateway), episode } as const;
  return append(tx, row, [{ ...said, by: `gateway:${gateway}`, patch: {} }], now);
}

function raisedBy(gateway: string): Text {
  return {
    en: `Gateway ${gateway} reported it by its own rules, while the cloud did not answer.`,
    zh: `网关 ${gateway} 在云端未应答期间按就地规则先行上报。`,
  };
}
