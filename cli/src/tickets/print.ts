import type { Ticket, TicketDetail } from '@caretaker/cloud/contract';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** One ticket in one line for a person at the terminal. */
export function lineOf(ticket: Ticket, now: number): string {
  const { ref, severity, state, subjectName, title, owner } = ticket;
  const whose = owner === null ? 'nobody' : owner;
  const due =
    ticket.clock === null ? '' : `, ${ticket.clock.name} ${leftOf(ticket.clock.due, now)}`;
  return `${ref}  ${severity}  ${state}  ${subjectName.en}: ${title.en} (${whose}${due})`;
}

/** Everything that a person at the terminal wants of one ticket. */
export function detailLines(ticket: TicketDetail): string[] {
  return [
    `${ticket.ref}  ${ticket.subjectName.en}: ${ticket.title.en}`,
    ticket.why.en,
    `${ticket.severity}, ${ticket.state}, revision ${ticket.revision}`,
    ...aboutLines(ticket),
    ...ticket.clocks.map(
      ({ clock, round, state, due, target }) =>
        `clock ${clock}${round > 1 ? ` ${round}` : ''}: ${state}, due ${timeOf(due)} (${target.words})`,
    ),
    ...(ticket.proof === null
      ? []
      : [
          `proof: ${ticket.proof.phase} since ${timeOf(ticket.proof.since)} by ${ticket.proof.rule}`,
        ]),
    'log:',
    ...ticket.events.map(
      ({ at, by, type, note, reason }) =>
        `  ${timeOf(at)}  ${by}  ${type}${ending(note ?? reason?.en ?? null)}`,
    ),
  ];
}

function aboutLines({ owner, assigned, waiting, handover, finalBy, asks }: TicketDetail): string[] {
  const to = handover?.to?.name ?? handover?.team;
  return [
    ...(owner === null ? [] : [`owner: ${owner}`]),
    ...(assigned === null ? [] : [`assigned: ${assigned.name}`]),
    ...(to === undefined ? [] : [`handed over to: ${to}, not accepted yet`]),
    ...(waiting === null ? [] : [`waiting: ${waiting.reason} until ${timeOf(waiting.until)}`]),
    ...(finalBy === null ? [] : [`temporary until: ${timeOf(finalBy)}`]),
    ...(asks === null ? [] : ['it is over and proven: "act … self-clear" ends it']),
  ];
}

const ending = (text: string | null) => (text === null ? '' : `: ${text}`);
const timeOf = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toString();

function leftOf(due: number, now: number): string {
  const left = Math.abs(due - now);
  const length =
    left < hour
      ? `${Math.floor(left / minute)} min`
      : left < day
        ? `${Math.floor(left / hour)} h`
        : `${Math.floor(left / day)} d`;
  return due < now ? `${length} late` : `in ${length}`;
}
