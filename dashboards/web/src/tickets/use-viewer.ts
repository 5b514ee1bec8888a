import { useMay, usePerson } from '../session/use-session.ts';
import type { Viewer } from './plan.ts';

/** Who looks at a ticket of an estate, and what they may do there. */
export function useViewer(estate: string, sensor: Viewer['sensor'] = null): Viewer {
  const acts = useMay('ticket.act', estate);
  const directs = useMay('ticket.direct', estate);
  return { person: usePerson()?.id ?? null, acts, directs, sensor };
}
