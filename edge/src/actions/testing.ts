import type { Alarm } from '@caretaker/readings/uplink';

/** Somebody in a lift, as a gateway raises it. */
export function entrapment(more: Partial<Alarm> = {}): Alarm {
  return {
    subject: 'yard/lift',
    rule: 'lift-trapped',
    item: 'TP27-S1',
    onset: 1_000,
    detected: 1_000,
    end: null,
    severity: 'emergency',
    standardVersion: 'v1',
    why: { en: 'A person is trapped.', zh: '轿厢困人。' },
    worst: true,
    worstAt: 1_000,
    readings: [{ point: 'yard/lift/trapped', at: 1_000, value: true }],
    raised: 31_000,
    actions: [],
    ...more,
  };
}
