import type { Message, ReplayMap, Row } from './map.ts';
import { messageOf } from './map.ts';

const own = new Set(['asset', 'at', 'metric', 'value']);

/** The map of a row in our own form: asset, at, and metric and value or one column for each metric. */
function mapOf(row: Row): ReplayMap {
  const { metric } = row;
  const fields =
    typeof metric === 'string'
      ? { [metric]: 'value' }
      : Object.fromEntries(
          Object.keys(row)
            .filter((name) => !own.has(name))
            .map((name) => [name, name]),
        );
  return { time: { column: 'at', unit: 'ms' }, topic: 'caretaker/{asset}', fields };
}

/** The message of a row in a file that needs no map. */
export function plainMessageOf(row: Row, where: string): Message | null {
  return messageOf(row, mapOf(row), where);
}
