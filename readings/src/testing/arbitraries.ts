import fc from 'fast-check';
import type { Reading, ReadingValue } from '../reading.ts';

/** Every finite double (−0, subnormals), decimals as sensors send them, any text, both flags. */
function anyValue(): fc.Arbitrary<ReadingValue> {
  return fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer().map((n) => n / 10),
    fc.integer({ min: -5_000_000, max: 5_000_000 }).map((n) => n / 1000),
    fc.integer(),
    fc.constantFrom(0, -0, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 30, -(2 ** 30), 1e21),
    anyText(),
    fc.boolean(),
  );
}

/** Any string of JavaScript, lone surrogates included. */
export function anyText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.array(fc.nat(0xffff), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  );
}

/** Any reading a frame can carry: no relation between point, type and time. */
export function anyReading(): fc.Arbitrary<Reading> {
  const instant = fc.oneof(
    fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
    fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
  );
  return fc.record(
    {
      point: fc.oneof(fc.constantFrom('gate/slam_db', 'pool/ph', 'lift/mode'), anyText()),
      at: instant,
      received: instant,
      value: anyValue(),
      stamped: fc.boolean(),
      history: fc.boolean(),
    },
    { noNullPrototype: true },
  );
}
