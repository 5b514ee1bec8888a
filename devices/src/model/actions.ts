import { z } from 'zod';
import type { Action, ActionStep } from './estate.ts';
import type { DeclaredAssets } from './mappings.ts';
import type { Report } from './report.ts';
import type { Path } from './source.ts';
import { saidTopic } from './topics.ts';

/** An alarm tells what was done, so there may not be too much of it. */
const limits = { actions: 256, steps: 8, stepsOfRule: 32 } as const;
const payloadCharacters = 4_096;

const oneLevel = saidTopic.refine((text) => !text.includes('/'), {
  error: 'a Tasmota device is named by one level of its topic',
});

const payload = z
  .union([z.string().max(payloadCharacters), z.record(z.string(), z.json())], {
    error: 'a payload is a text or a JSON object',
  })
  .transform((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
  .refine((text) => text.length <= payloadCharacters, {
    error: `a payload has at most ${payloadCharacters} characters`,
  });

const mqtt = z.strictObject({
  topic: saidTopic,
  payload: payload.nullable().default(null),
  retain: z.boolean().default(false),
});

const loopback = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;

function urlFault({ url, plain }: { url: string; plain: boolean }): string | undefined {
  const read = URL.parse(url);
  if (read === null || !['http:', 'https:'].includes(read.protocol)) {
    return 'an address begins with https://, or with http:// on this machine';
  }
  if (read.username !== '' || read.password !== '') return 'an address may not hold a password';
  if (read.protocol === 'https:' || plain || loopback.test(read.hostname)) return undefined;
  return 'http:// to another machine can be read and changed on the way; `plain: true` allows it';
}

const webhook = z
  .strictObject({ url: z.string().max(2_048), plain: z.boolean().default(false) })
  .superRefine((value, context) => {
    const message = urlFault(value);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['url'], message });
  });

const on = z.boolean().default(true);
const relay = z.discriminatedUnion(
  'format',
  [
    z.strictObject({
      format: z.literal('shelly'),
      device: saidTopic,
      switch: z.int().min(0).max(63).default(0),
      on,
    }),
    z.strictObject({
      format: z.literal('tasmota'),
      device: oneLevel,
      switch: z.int().min(1).max(32).default(1),
      on,
    }),
    z.strictObject({
      format: z.literal('zigbee2mqtt'),
      device: saidTopic,
      base: saidTopic.default('zigbee2mqtt'),
      /** Endpoint of a device with several switches: `l1`. */
      switch: z
        .string()
        .regex(/^[a-z0-9_]{1,16}$/, 'a switch of Zigbee2MQTT is its endpoint, such as l1')
        .nullable()
        .default(null),
      on,
    }),
  ],
  { error: 'a relay is of the format shelly, tasmota or zigbee2mqtt' },
);

const step = z
  .strictObject({ mqtt: mqtt.optional(), webhook: webhook.optional(), relay: relay.optional() })
  .refine((one) => Object.values(one).filter((part) => part !== undefined).length === 1, {
    error: 'a step is one of mqtt, webhook and relay',
    abort: true,
  })
  .transform(({ mqtt, webhook, relay }): ActionStep => {
    if (mqtt !== undefined) return { mqtt };
    if (webhook !== undefined) return { webhook };
    // One of the three is there, as was checked.
    return { relay: relay as NonNullable<typeof relay> };
  });

const most = `at most ${limits.steps} steps`;
const actionSchema = z.strictObject({
  rule: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'a rule is named by its id, such as lift-trapped'),
  assets: z
    .array(z.string())
    .min(1, 'name an asset, or leave it out for all of the rule')
    .optional(),
  do: z.array(step).min(1, 'an action does at least one thing').max(limits.steps, most),
  undo: z.array(step).max(limits.steps, most).default([]),
});

/** Reads `actions`, adding every fault of them. Whether their rules exist only the standard knows. */
export function readActions(
  raws: readonly unknown[],
  declared: DeclaredAssets,
  report: Report,
): Action[] {
  const actions: Action[] = [];
  const steps = new Map<string, number>();
  if (raws.length > limits.actions) {
    invalid(report, ['actions'], `An estate has at most ${limits.actions} actions`);
  }
  for (const [index, raw] of raws.slice(0, limits.actions).entries()) {
    const path = ['actions', index];
    const parsed = report.parse(actionSchema, raw, path);
    if (parsed === undefined) continue;
    const { rule, assets } = parsed;
    checkAssets(assets ?? [], [...path, 'assets'], declared, report);
    const before = steps.get(rule) ?? 0;
    const all = before + parsed.do.length + parsed.undo.length;
    steps.set(rule, all);
    if (before <= limits.stepsOfRule && all > limits.stepsOfRule) {
      invalid(report, path, `The actions of "${rule}" have more than ${limits.stepsOfRule} steps`);
    }
    actions.push({
      rule,
      ...(assets === undefined ? {} : { assets }),
      do: parsed.do,
      undo: parsed.undo,
    });
  }
  return actions;
}

function checkAssets(
  assets: readonly string[],
  path: Path,
  declared: DeclaredAssets,
  report: Report,
): void {
  for (const [index, id] of assets.entries()) {
    if (assets.indexOf(id) !== index) invalid(report, [...path, index], `"${id}" is named twice`);
    else if (!declared.has(id)) {
      const next = 'name an asset of this estate';
      report.add(
        [...path, index],
        'DEVICES_ESTATE_ASSET_UNKNOWN',
        `There is no asset "${id}"`,
        next,
      );
    }
  }
}

function invalid(report: Report, path: Path, message: string): void {
  report.add(path, 'DEVICES_ESTATE_ACTION_INVALID', message);
}
