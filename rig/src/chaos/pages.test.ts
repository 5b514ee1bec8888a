import type { Ticket } from '@caretaker/cloud/contract';
import { expect, it } from 'vitest';
import { auditPages } from './pages.ts';

const tickets = [
  { ref: 'CT-1', subject: 'court/gate' },
  { ref: 'CT-2', subject: 'court/lift' },
] as Ticket[];
const gate = { key: 'ticket-1-high', ref: 'CT-1', subject: 'court/gate' };
const lift = { key: 'ticket-2-high', ref: 'CT-2', subject: 'court/lift' };

it('allows a page that comes again for each death of the cloud', () => {
  const kept = [gate, lift, gate];
  expect(auditPages(kept, tickets, [gate.key], 1)).toEqual({ faults: [], repeats: 1 });
  expect(auditPages(kept, tickets, [gate.key], 0).faults).toHaveLength(1);
});

it('misses a page that is due, and one of another ticket under the same key', () => {
  expect(auditPages([gate], tickets, [lift.key], 0).faults).toEqual([
    'nobody was paged: ticket-2-high',
  ]);
  const again = { ...lift, key: `${lift.key}-1700000000000` };
  expect(auditPages([again], tickets, [lift.key], 0).faults).toEqual([]);
  const other = { ...lift, key: gate.key };
  expect(auditPages([gate, other], tickets, [], 1).faults).toHaveLength(1);
});
