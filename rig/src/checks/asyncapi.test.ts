import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { eventSchemas } from '../product/events-schema.ts';
import { root } from './run.ts';

const schema = JSON.parse(
  readFileSync(join(root, 'rig/vendor/asyncapi/asyncapi-3.0.0.json'), 'utf8'),
);
// It brings its own copy of the schema of schemas.
const lenient = { strict: false, allErrors: true, validateFormats: false };
const ajv = new Ajv({ ...lenient, meta: false });
const validate = ajv.compile(schema);
const document = parse(readFileSync(join(root, 'docs/asyncapi.yaml'), 'utf8'));

describe('docs/asyncapi.yaml', () => {
  it('is valid by the schema of AsyncAPI 3', () => {
    expect(validate(document), JSON.stringify(validate.errors?.slice(0, 5))).toBe(true);
  });

  it('would be refused without a title, or with a channel of another shape', () => {
    const { title: _, ...info } = document.info;
    expect(validate({ ...document, info })).toBe(false);
    const channels = { ...document.channels, state: { address: 1 } };
    expect(validate({ ...document, channels })).toBe(false);
  });

  it('names in each address exactly the parameters that it declares', () => {
    for (const [name, channel] of Object.entries<Channel>(document.channels)) {
      const inAddress = [...channel.address.matchAll(/\{(\w+)\}/g)].map(([, one]) => one);
      expect(Object.keys(channel.parameters ?? {}), name).toEqual(inAddress);
    }
  });

  it('has examples that are what they show', () => {
    const { components } = document;
    const { of } = eventSchemas(document);
    for (const [name, message] of Object.entries<Message>(components.messages)) {
      for (const { payload } of message.examples ?? []) {
        const check = of(message.payload);
        expect(check(payload), `${name}: ${JSON.stringify(check.errors)}`).toBe(true);
      }
    }
  });
});

interface Channel {
  readonly address: string;
  readonly parameters?: object;
}

interface Message {
  readonly payload: object;
  readonly examples?: readonly { payload: unknown }[];
}
