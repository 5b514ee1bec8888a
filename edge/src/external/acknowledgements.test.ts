import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Acknowledgements } from './acknowledgements.ts';

it('tells the broker of messages in their order, whichever is safe first, and of none that is not', () => {
  const order = fc
    .integer({ min: 1, max: 40 })
    .chain((count) =>
      fc.tuple(fc.shuffledSubarray([...Array(count).keys()], { minLength: 0 }), fc.constant(count)),
    );
  fc.assert(
    fc.property(order, ([done, count]) => {
      const told: number[] = [];
      const acknowledgements = new Acknowledgements((messageId) => told.push(messageId));
      const safe = [...Array(count).keys()].map((id) => acknowledgements.expect(id));
      for (const id of done) safe[id]?.();
      const firstMissing = [...Array(count).keys()].find((id) => !done.includes(id)) ?? count;
      expect(told).toEqual([...Array(firstMissing).keys()]);
    }),
  );
});
