import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';

interface Channel {
  readonly address: string;
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
}

/** The part of an AsyncAPI document that this reads. */
export interface AsyncApi {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly payload: object }>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
}

/** Says what is wrong with messages by an AsyncAPI document, and with keys that it does not name. */
export interface EventSchemas {
  of(payload: object): ValidateFunction;
  /** @returns null when the message is one of the channel of its topic */
  fault(topic: string, payload: string): string | null;
}

export function readAsyncApi(root: string): AsyncApi {
  return parse(readFileSync(join(root, 'docs/asyncapi.yaml'), 'utf8'));
}

export function eventSchemas(document: AsyncApi): EventSchemas {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const { schemas, messages } = document.components;
  const all = { $id: 'caretaker', components: { schemas: closed(schemas) } };
  ajv.addSchema(all);
  const named = (payload: object): object =>
    JSON.parse(JSON.stringify(closed(payload)).replaceAll('"#/', '"caretaker#/'));
  const of = (payload: object) => ajv.compile(named(payload));
  const channels = Object.values(document.channels).map(({ address, messages: some }) => ({
    address,
    pattern: new RegExp(`^${address.replace(/\{\w+\}/g, '[^/]+')}$`),
    checks: Object.values(some).map(({ $ref }) =>
      of(messages[$ref.split('/').at(-1) ?? '']?.payload ?? {}),
    ),
  }));
  return {
    of,
    fault(topic, payload) {
      const mine = channels.filter(({ pattern }) => pattern.test(topic));
      if (mine.length !== 1) return `${topic} is on ${mine.length} channels`;
      const said: unknown = payload === '' ? '' : JSON.parse(payload);
      const checks = mine[0]?.checks ?? [];
      if (checks.some((check) => check(said))) return null;
      const errors = checks.flatMap((check) => check.errors ?? []);
      return `${topic} ${payload}: ${ajv.errorsText(errors)}`;
    },
  };
}

/** Takes no keys but those that are named, so that the document cannot forget one. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, one]) => [key, closed(one)]));
  const open = !('properties' in inner) || 'additionalProperties' in inner;
  return (open ? inner : { ...inner, additionalProperties: false }) as T;
}
