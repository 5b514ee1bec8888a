import type { z } from 'zod';
import { problemSchema } from '../contract/index.ts';
import { statusOf, titleOf } from './problems.ts';

const common = ['CLOUD_REQUEST_INVALID', 'CLOUD_SIGN_IN_NEEDED', 'CLOUD_FORBIDDEN'];

/**
 * The refusedWith of a route for `/docs`: those that every route has, and its own. They are sent as they are thrown;
 * nothing is checked against what stands here.
 */
export function refusedWith(...codes: readonly string[]): Record<400, z.ZodType<never>> {
  const byStatus = Map.groupBy([...common, ...codes], statusOf);
  const entries = [...byStatus].map(([status, of]) => {
    const [code = ''] = of;
    const example = { type: 'about:blank', title: titleOf(code), status, detail: '…', code };
    const schema = problemSchema.meta({ examples: [example] });
    return [
      status,
      { description: of.join(', '), content: { 'application/problem+json': { schema } } },
    ];
  });
  // A handler returns what its route is for: it never returns a refusal.
  return Object.fromEntries(entries) as Record<400, z.ZodType<never>>;
}

/** A schema with an example of it for `/docs`. */
export function shown<T extends z.ZodType>(schema: T, example: z.input<T>): T {
  return schema.meta({ examples: [example] }) as T;
}
