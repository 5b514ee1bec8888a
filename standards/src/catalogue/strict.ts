import { z } from 'zod';

/** An object without other keys than these; one that is not known is answered with those that are. */
export function strict<const T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `${issue.keys.map((key) => `"${key}"`).join(', ')} is not known here; there are ${Object.keys(shape).join(', ')}`
        : undefined,
  });
}
