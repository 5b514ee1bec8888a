import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import { phrases } from './state-phrases.ts';
import { join, text, together } from './words.ts';

/**
 * States in words, with a small letter first: `arm closed or closing`.
 * @param label of the metric, for values that have no words of their own.
 */
export function stateText(
  kind: string,
  metric: string,
  label: Text,
  values: readonly ReadingValue[],
): Text {
  const known = phrases[`${kind}/${metric}`];
  const words = values.flatMap((value) => known?.values[String(value)] ?? []);
  if (known === undefined || words.length < values.length) {
    const given = values.map((value) => text(String(value), String(value)));
    return join([label, join(given, ' or ', '或')], ': ', '：');
  }
  return together([known.subject, join(words, ' or ', '或')], ' ');
}
