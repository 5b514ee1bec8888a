import { z } from 'zod';
import { problemSchema } from '../contract/index.ts';

/** How a route says no: problem details, with what else belongs to a code. */
export const refusals = {
  '4xx': z
    .looseObject(problemSchema.shape)
    .describe('Refused: a problem with a stable code and what to do next'),
};
