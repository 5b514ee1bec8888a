import { CaretakerError } from '@caretaker/readings/base';
import { z } from 'zod';

/** Headers of a write that is done once for each key. */
export const keyHeaders = z.object({ 'idempotency-key': z.string().min(1).max(200).optional() });

/** @throws CaretakerError `CLOUD_KEY_MISSING` */
export function keyOf({ 'idempotency-key': key }: z.infer<typeof keyHeaders>): string {
  if (key !== undefined) return key;
  throw new CaretakerError({
    code: 'CLOUD_KEY_MISSING',
    message: 'A write needs an Idempotency-Key, so that sending it twice does it once.',
    next: 'Send a random key with every new request.',
  });
}
