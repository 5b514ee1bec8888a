import { z } from 'zod';

const text = z.object({ en: z.string().min(1).max(1000), zh: z.string().min(1).max(1000) });

const value = z.union([z.number(), z.string().max(256), z.boolean()]);

/** Readings that an alarm shows at most: the worst, and the newest of each point that decides. */
export const alarmReadings = 16;

/** Things done that an alarm tells at most. */
const alarmActions = 64;

/** What a gateway did by itself because of an alarm, and what came of it. */
export const alarmActionSchema = z.object({
  kind: z.enum(['mqtt', 'webhook', 'relay']),
  /** The topic, address or relay, without what is secret in it. */
  target: z.string().min(1).max(400),
  /** It takes back what was done before, the breach being over. */
  undo: z.boolean().default(false),
  /** When it was done or given up, gateway clock. */
  at: z.int(),
  ok: z.boolean(),
  /** Why it could not be done; null when it could. */
  error: z.string().max(300).nullable().default(null),
});
export type AlarmAction = z.infer<typeof alarmActionSchema>;

/**
 * What a gateway's own rules found while the cloud did not answer. (subject, rule, onset) names it on its gateway;
 * times are event time of the gateway, UTC epoch milliseconds.
 */
export const alarmSchema = z.object({
  /** `estate/asset`. */
  subject: z.string().min(3).max(200),
  rule: z.string().min(1).max(100),
  item: z.string().min(1).max(100),
  onset: z.int(),
  /** When the rule's `for` was fulfilled. */
  detected: z.int(),
  /** When it was over, where it was before the alarm could be sent. */
  end: z.int().nullable(),
  severity: z.enum(['emergency', 'high', 'medium', 'low']),
  /** The standard that the gateway judges by. */
  standardVersion: z.string().min(1).max(100),
  why: text,
  worst: value.nullable(),
  worstAt: z.int().nullable(),
  readings: z
    .array(
      z.object({
        /** `estate/asset/metric`. */
        point: z.string().min(1).max(300),
        at: z.int(),
        value,
      }),
    )
    .max(alarmReadings),
  /** When the gateway decided that it had waited for the cloud long enough. */
  raised: z.int(),
  /** In the order in which they were done; it only grows, and the alarm comes again when it does. */
  actions: z.array(alarmActionSchema).max(alarmActions).default([]),
});
export type Alarm = z.infer<typeof alarmSchema>;

/** What the cloud names an alarm by when it says that it has it. */
export function alarmKey({ subject, rule, onset }: Pick<Alarm, 'subject' | 'rule' | 'onset'>) {
  return `${subject} ${rule} ${onset}`;
}
