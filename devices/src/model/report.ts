import type { Fault } from '@caretaker/readings/base';
import { z } from 'zod';
import type { Path, Source } from './source.ts';

/** Gathers what is wrong with one file, each with its place, so that all of it is said at once. */
export class Report {
  readonly faults: Fault[] = [];
  private readonly source: Pick<Source, 'where'>;

  constructor(source: Pick<Source, 'where'>) {
    this.source = source;
  }

  add(path: Path, code: string, message: string, next?: string): void {
    const fault = { code, message, where: this.source.where(path) };
    this.faults.push(next === undefined ? fault : { ...fault, next });
  }

  /** The value in the schema's form, or undefined after adding every fault of its shape. */
  parse<S extends z.ZodType>(schema: S, value: unknown, path: Path): z.output<S> | undefined {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.addIssue(schema, issue, path);
    return undefined;
  }

  private addIssue(schema: z.ZodType, issue: z.core.$ZodIssue, path: Path): void {
    const where = [...path, ...issue.path];
    if (issue.code !== 'unrecognized_keys') {
      const said = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
      this.add(where, 'DEVICES_ESTATE_SHAPE', readable(said ?? issue.message));
      return;
    }
    const allowed =
      issue.path.length === 0 && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    for (const key of issue.keys) {
      const next = allowed.length === 0 ? undefined : `allowed here: ${allowed.join(', ')}`;
      this.add([...where, key], 'DEVICES_ESTATE_SHAPE', `"${key}" is not known here`, next);
    }
  }
}

/** `one fault`, `3 faults` */
export function counted(faults: readonly Fault[]): string {
  return faults.length === 1 ? 'one fault' : `${faults.length} faults`;
}

function readable(message: string): string {
  const bare = message.replace(/^Invalid input: /, '');
  const missing = /^(.*), received undefined$/.exec(bare);
  return missing === null ? bare : `missing: ${missing[1]}`;
}
