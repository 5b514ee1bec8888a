import { isOpen, type Move, type TicketCommand, ticketMoves } from '../../contract/index.ts';
import type { TicketPatch, TicketRow } from '../rows.ts';
import type { Act, Acts, Deed, Scene } from './act.ts';
import { arriving } from './arrive.ts';
import { dispatch } from './dispatch.ts';
import { ending } from './ending.ts';
import { following } from './follow-up.ts';
import { ownership } from './ownership.ts';
import { working } from './work.ts';

/** What each command of people does. */
const acts: Acts<TicketCommand['type']> = {
  ...dispatch,
  ...ownership,
  ...arriving,
  ...working,
  ...ending,
  ...following,
};

/** What a command comes to, with the state to which it leads. */
export async function deedOf(scene: Scene): Promise<Deed> {
  const { type } = scene.wish;
  // Each command has the act of its own type.
  const act = acts[type] as Act<typeof type>;
  const deed = await act(scene as Parameters<typeof act>[0]);
  const { to }: Move = ticketMoves[type];
  const state = deed.patch?.state ?? to;
  const led = state === null ? {} : stateOf(scene.row, state, scene.by.at);
  return { ...deed, patch: { touched: 1, ...led, ...deed.patch } };
}

/** Ending while the condition stands is a person's right; the log says that they did it knowingly. */
function stateOf(row: TicketRow, state: TicketRow['state'], at: number): TicketPatch {
  const waits = row.state === 'waiting' && state !== 'waiting';
  const waited: TicketPatch = waits ? { waiting_reason: null, waiting_until: null } : {};
  if (isOpen(state)) return { state, closed: null, ...waited };
  return { state, condition_clear: row.condition_clear, closed: at, ...waited };
}
