import { FaultsError } from '@caretaker/readings/base';
import { expect, it } from 'vitest';
import { commandOf } from './act.ts';

const faultsOf = (what: string, ...words: string[]) => {
  try {
    commandOf(what, words);
  } catch (error) {
    return error instanceof FaultsError ? error.faults.map(({ where }) => where) : [];
  }
  return null;
};

it('takes texts as they are, and numbers, lists and instants for what they say', () => {
  expect(commandOf('note', ['note=5'])).toEqual({ type: 'note', note: '5' });
  expect(commandOf('note', ['note=a=b'])).toEqual({ type: 'note', note: 'a=b' });
  expect(commandOf('acknowledge', [])).toEqual({ type: 'acknowledge' });
  expect(commandOf('part', ['name=Spring', 'quantity=2'])).toEqual({
    type: 'part',
    name: 'Spring',
    quantity: 2,
  });
  const hash = 'a'.repeat(64);
  const waits = ['reason=parts', 'evidence=Ordered', 'until=2026-12-02T09:00+08:00'];
  expect(commandOf('wait', [...waits, `files=["${hash}"]`])).toEqual({
    type: 'wait',
    reason: 'parts',
    evidence: 'Ordered',
    until: Date.UTC(2026, 11, 2, 1),
    files: [hash],
  });
});

it('names what is missing, unknown or wrong, all at once', () => {
  expect(faultsOf('wait', 'reason=luck', 'who=me')).toEqual([
    'who=me',
    'reason',
    'evidence',
    'until',
  ]);
  expect(faultsOf('note', 'Done')).toEqual(['Done', 'note']);
  expect(faultsOf('acknowledge', 'revision=1')).toEqual(['revision=1']);
});

it('lists what one can do to who asks for something else', () => {
  expect(() => commandOf('solve', [])).toThrow(
    expect.objectContaining({ next: expect.stringMatching(/acknowledge.*note/) }),
  );
});
