import type { FedTicket } from '@caretaker/readings/uplink';

/** A ticket about the hall of the yard, as the cloud tells of it. */
export function ticket(id: number, revision = 0, open = true): FedTicket {
  return {
    ...{ id, revision, ref: `CT-${1000 + id}`, subject: 'yard/hall', item: 'TP01-1' },
    ...{ severity: 'high', state: open ? 'new' : 'closed', open },
    ...{ title: { en: 'Cold', zh: '过冷' }, onset: 1, opened: 2, due: null, url: null },
  };
}
