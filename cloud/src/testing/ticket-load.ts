import type { Episode, EpisodeChange } from '@caretaker/standards/engine';
import { sql } from 'kysely';
import { openTicketStates, type TicketState } from '../contract/index.ts';
import { type Database, engineOf, type Tx } from '../db/database.ts';
import { sideBySide } from '../db/together.ts';
import { Directory } from '../estates/directory.ts';
import { commitChanges } from '../host/commit.ts';
import type { TicketRow } from '../tickets/rows.ts';
import { takeInNew } from '../tickets/search.ts';

/** The same numbers in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const things = [
  ['gate', '门'],
  ['barrier arm', '道闸'],
  ['path light', '路灯'],
  ['bin', '垃圾桶'],
  ['pool', '泳池'],
  ['lift', '电梯'],
  ['pump', '水泵'],
  ['garage door', '车库门'],
] as const;
const places = [
  ['North court', '北苑'],
  ['South court', '南苑'],
  ['B2 garage', 'B2车库'],
  ['Lakeside', '湖畔'],
  ['Tower 7', '7号楼'],
  ['East gate', '东门'],
] as const;
const faults = [
  ['slams too loud', '关门声过大'],
  ['stays open', '长时间未关闭'],
  ['is dark', '不亮'],
  ['is full', '已满'],
  ['runs too warm', '温度过高'],
  ['has stopped', '停止运行'],
  ['says nothing', '无数据'],
] as const;
const people = ['Wu Fang', 'Lin Mei', '张师傅', '李娜', 'Chen Bo', '王强', 'Zhao Min', '刘洋'];
const notes = [
  'Ordered a new closer, the old one leaks oil',
  '已联系厂家，等待配件到货',
  'Resident asks to be called before noon',
  '现场检查未发现异常，继续观察',
  'Fuse replaced, sensor clear since',
  '住户反映夜间噪音影响休息',
];
const teams = ['engineering', 'security', 'cleaning', 'service', null] as const;
const severities = ['emergency', 'high', 'medium', 'medium', 'medium', 'low', 'low'] as const;
const ended = ['closed', 'closed', 'closed', 'self-cleared', 'cancelled'] as const;
const estates = ['court', ...Array.from({ length: 19 }, (_, n) => `estate-${n + 1}`)];

const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
/** Rows of one statement: either database takes so many values. */
const perStatement = 500;

type Made = Omit<TicketRow, 'id'> & { readonly id: number };

function made(base: TicketRow, id: number, isOpen: boolean): Made {
  const roll = dice(id);
  const one = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
  const [thing, thingZh] = one(things);
  const [place, placeZh] = one(places);
  const [fault, faultZh] = one(faults);
  const state: TicketState = isOpen ? one(openTicketStates) : one(ended);
  const onset = start + id * 4 * minute + roll(3 * 24 * 60) * minute;
  const person = roll(people.length);
  const both = (en: string, zh: string) => JSON.stringify({ en, zh });
  const level = 60 + roll(40);
  return {
    ...base,
    id,
    estate: one(estates),
    subject: `court/asset-${id}`,
    subject_name: both(`${place} ${thing} ${roll(90)}`, `${placeZh}${thingZh}${roll(90)}号`),
    item: `TP${String(1 + roll(35)).padStart(2, '0')}-0${1 + roll(9)}`,
    item_name: both(`The ${thing} works as agreed`, `${thingZh}正常可用`),
    title: both(`The ${thing} ${fault}`, `${thingZh}${faultZh}`),
    why: both(`Measured ${level} for ${roll(50)} min; the limit is 60`, `测得${level}，限值为60`),
    severity: one(severities),
    state,
    onset,
    opened: onset + minute,
    closed: isOpen ? null : onset + 600 * minute,
    until: isOpen ? null : onset + 300 * minute,
    team: one(teams),
    owner: roll(3) === 0 ? null : (people[person] ?? null),
    owner_person: roll(3) === 0 ? null : `person-${person}`,
    next_due: isOpen && roll(5) > 0 ? onset + roll(20_000) * minute : null,
    next_clock: 'restore',
    touched: 1,
    revision: 2,
  };
}

/** Fills an empty database with tickets of many estates as years would leave them. */
export async function fillTickets(database: Database, count: number, open: number): Promise<void> {
  const [base] = (await burst(database, 1, 'base')).rows;
  if (base === undefined) throw new Error('no ticket was opened');
  const every = Math.floor(count / open);
  for (let from = 2; from <= count; from += perStatement) {
    const ids = Array.from(
      { length: Math.min(perStatement, count + 1 - from) },
      (_, n) => from + n,
    );
    const rows = ids.map((id) => made(base, id, id % every === 0));
    await database.write((tx) => store(tx, rows));
  }
  if (engineOf(database.read) === 'sqlite') return;
  // Numbers that were written by hand are not counted by the server.
  await sql`select setval(pg_get_serial_sequence('tickets', 'id'), ${count})`.execute(
    database.read,
  );
}

async function store(tx: Tx, rows: readonly Made[]): Promise<void> {
  await tx.insertInto('tickets').values(rows).execute();
  const log = rows.flatMap(({ id, onset, owner }) => {
    const base = { ticket: id, at: onset, episode: null, reason: null, acted: null, data: '{}' };
    const note = notes[id % notes.length] ?? '';
    const by = owner ?? 'Wu Fang';
    return [
      { ...base, sequence: 1, type: 'opened', by: 'engine', note: null, actor: '', patch: '{}' },
      { ...base, sequence: 2, type: 'note', by, note, actor: 'person:x', patch: '{}' },
    ] as const;
  });
  await tx.insertInto('ticket_events').values(log).execute();
  const words = Map.groupBy(log, ({ ticket }): number => ticket);
  await sideBySide(tx, rows, (row) => takeInNew(tx, { row, log: words.get(row.id) ?? [] }));
}

const naming = {
  subject: (subject: string) => ({ name: { en: subject, zh: `设施${subject}` }, demo: false }),
  item: () => ({ en: 'Path lights are lit at night', zh: '夜间路灯亮' }),
  fault: () => ({ en: 'The path light is dark', zh: '路灯不亮' }),
};
export const { timeOf } = new Directory([]);
const overlay = { hiding: { hidersOf: () => [], hiddenBy: () => [] }, plannedCovers: () => [] };

function opened(subject: string, onset: number): EpisodeChange {
  const episode: Episode = {
    subject,
    rule: 'light-dark',
    item: 'TP09-01',
    onset,
    detected: onset,
    end: null,
    worst: 0,
    worstAt: onset,
    severity: 'medium',
    effect: 'down',
    standardVersion: 'v1',
    why: { en: 'No light for 15 min while it is night.', zh: '夜间15分钟无照明。' },
    latched: false,
    history: false,
  };
  return { type: 'opened', episode };
}

/** Opens tickets for a fault of so many assets at once, as the engine would say it in one frame. */
export async function burst(
  database: Database,
  count: number,
  name: string,
): Promise<{ readonly took: number; readonly rows: readonly TicketRow[] }> {
  const now = start + 500_000 * minute;
  const changes = Array.from({ length: count }, (_, n) => opened(`court/${name}-${n}`, now));
  const began = performance.now();
  const { tickets } = await database.write((tx) =>
    commitChanges(tx, changes, { estate: 'court', naming, overlay, timeOf, now, behind: false }),
  );
  return { took: performance.now() - began, rows: tickets };
}
