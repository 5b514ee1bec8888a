import { kinds } from '@caretaker/devices/kinds';
import { z } from 'zod';
import { relations } from '../rules/relations.ts';
import { touchpointFile } from './schema.ts';

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly definitions?: Record<string, Schema>;
  enum?: readonly string[];
}

/**
 * The JSON Schema (draft 7) of one catalogue file, for editors: what may stand where, and the words to choose
 * from. Loading checks more than it can say, such as the side of a clear limit.
 */
export function standardJsonSchema(): object {
  const schema: Schema & object = z.toJSONSchema(touchpointFile, {
    target: 'draft-7',
    io: 'input',
  }) as Schema;
  const { condition, rule, hiding } = schema.definitions ?? {};
  const metrics = Object.values(kinds).flatMap((kind) => Object.keys(kind.metrics));
  offer(rule?.properties?.kind, [...Object.keys(kinds), 'any', 'gateway']);
  offer(rule?.properties?.unless?.items, metrics);
  offer(condition?.properties?.metric, metrics);
  offer(condition?.properties?.from, Object.keys(relations));
  offer(hiding?.properties?.relation, Object.keys(relations));
  return { title: 'A touchpoint of the standard', ...schema };
}

/** The words of a field that the rest of the program knows. */
function offer(field: Schema | undefined, words: readonly string[]): void {
  if (field !== undefined) field.enum = [...new Set(words)].sort();
}
