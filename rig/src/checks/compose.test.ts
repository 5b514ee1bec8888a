import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './run.ts';

// Its $schema is spelled in a way that names no known dialect; it is draft 7, which Ajv assumes.
const { $schema: _, ...schema } = JSON.parse(
  readFileSync(join(root, 'rig/vendor/compose-spec/compose-spec.json'), 'utf8'),
);
// The schema names formats of its own (duration, ports) that JSON Schema does not know.
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
  schema,
);
const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'));

describe('docker-compose.yml', () => {
  it('is valid by the schema of Compose files', () => {
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true);
  });

  it('would be refused with a wrong key', () => {
    expect(validate({ services: { demo: { imagee: 'x' } } })).toBe(false);
  });

  it('has the demo profile', () => {
    expect(compose.services.demo.profiles).toEqual(['demo']);
  });
});
