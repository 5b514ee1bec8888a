import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCloudConfig } from '@caretaker/cloud';
import { readEdgeConfig } from '@caretaker/edge';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './run.ts';

interface Service {
  readonly image: string;
  readonly profiles: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly (string | { readonly type: string })[];
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

// Its $schema is spelled in a way that names no known dialect; it is draft 7, which Ajv assumes.
const { $schema: _, ...schema } = JSON.parse(
  readFileSync(join(root, 'rig/vendor/compose-spec/compose-spec.json'), 'utf8'),
);
// The schema names formats of its own (duration, ports) that JSON Schema does not know.
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
  schema,
);
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true });
const services: Readonly<Record<string, Service>> = compose.services;
const all = Object.entries(services);
const ours = all.filter(([, { image }]) => image === 'caretaker:local');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

describe('docker-compose.yml', () => {
  it('is valid by the schema of Compose files', () => {
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true);
  });

  it('would be refused with a wrong key', () => {
    expect(validate({ services: { demo: { imagee: 'x' } } })).toBe(false);
  });

  it.each([
    ['demo', ['demo']],
    ['edge', ['gateway', 'history']],
    ['cloud', ['cloud', 'tickets', 'readings']],
  ])('has in its profile %s: %j', (profile, names) => {
    const found = all.filter(([, { profiles }]) => profiles.includes(profile));
    expect(found.map(([name]) => name)).toEqual(names);
  });

  it.each(all)(
    'gives %s a health check, a restart and no right that it does not need',
    (_name, service) => {
      expect(service).toMatchObject({
        healthcheck: { test: expect.arrayContaining(['CMD']) },
        restart: 'unless-stopped',
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      expect(service.privileged).toBeUndefined();
    },
  );

  it.each(ours)('runs %s on files that it cannot change, from the one image', (_name, service) => {
    expect(service).toMatchObject({ build: '.', read_only: true, tmpfs: ['/tmp'], init: true });
    expect(service.cap_add).toBeUndefined();
  });

  it('pins every image, and builds ours without root', () => {
    const images = [
      ...all.map(([, { image }]) => image).filter((image) => image !== 'caretaker:local'),
      ...dockerfile.matchAll(/^FROM (\S+)/gm).map(([, image]) => image ?? ''),
    ];
    for (const image of images) expect(image).toMatch(/^[a-z]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?$/);
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER 10001:10001$/m);
    expect(last.slice(last.indexOf('\nUSER '))).not.toMatch(/\n(RUN|COPY|USER root)/);
  });

  it('names no volume, network or secret that is not declared, and declares none in vain', () => {
    const volumes = all.flatMap(([, one]) => one.volumes ?? []);
    const named = volumes.flatMap((one) =>
      typeof one === 'string' ? (one.split(':')[0] ?? '') : [],
    );
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
    const networks = all.flatMap(([, one]) => one.networks ?? []);
    expect(new Set(networks)).toEqual(new Set(Object.keys(compose.networks)));
    const secrets = all.flatMap(([, one]) => one.secrets ?? []);
    expect(new Set(secrets)).toEqual(new Set(Object.keys(compose.secrets)));
  });

  it('gives every secret by file, to who reads that file, and has none in its text', () => {
    for (const [name, { environment = {}, secrets = [] }] of all) {
      const files = Object.entries(environment).filter(([key]) => key.endsWith('_FILE'));
      const read = files.map(([, file]) => file.replace('/run/secrets/', ''));
      expect(read.toSorted(), name).toEqual([...secrets].sort());
      const plain = Object.keys(environment).filter((key) => /(PASSWORD|TOKEN|SECRET)$/.test(key));
      expect(plain, name).toEqual([]);
    }
    for (const [name, secret] of Object.entries(compose.secrets)) {
      expect(secret).toEqual({ file: `./secrets/${name}` });
    }
  });

  it('keeps databases off every network but their own', () => {
    for (const [name, { networks = [], ports }] of all) {
      if (ours.some(([own]) => own === name)) continue;
      expect(ports, name).toBeUndefined();
      for (const network of networks) expect(compose.networks[network]).toEqual({ internal: true });
    }
  });

  it('waits for the services of the same profile only', () => {
    for (const [name, { depends_on = {}, profiles }] of all) {
      for (const other of Object.keys(depends_on)) {
        expect(services[other]?.profiles, `${name} → ${other}`).toEqual(profiles);
      }
    }
  });
});

describe('what the services are set to', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caretaker-compose-'));
    await writeFile(
      join(folder, 'database_url'),
      'postgres://caretaker:x@tickets:5432/caretaker\n',
    );
    for (const name of ['webhook_secret', 'influx2_token']) {
      await writeFile(join(folder, name), `${'0123456789abcdef'.repeat(2)}\n`);
    }
    const estate = readFileSync(join(root, 'rig/e2e/small-estate.yaml'));
    await writeFile(join(folder, 'estate.yaml'), estate);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const given: Readonly<Record<string, string>> = {
    GATEWAY_PUBLIC_URL: 'https://gateway.local:8081',
    CLOUD_PUBLIC_URL: 'https://care.example:8080',
    CARETAKER_UPLINK_URL: 'mqtts://care.example:1884',
    CARETAKER_CLOUD_URL: 'https://care.example:8080',
  };

  /** What a process finds in its environment: variables filled in, and paths of the container led here. */
  function environmentOf(service: string): Record<string, string> {
    const entries = Object.entries(services[service]?.environment ?? {}).map(([name, value]) => {
      const filled = value.replace(
        /\$\{(\w+):-([^}]*)\}/g,
        (_all, variable: string, otherwise: string) => given[variable] ?? otherwise,
      );
      const moved = filled.replace('/run/secrets', folder).replace('/run/', `${folder}/`);
      return [name, moved] as const;
    });
    return { ...Object.fromEntries(entries), CARETAKER_DATA: join(folder, 'data') };
  }

  /** Read by the command itself, before any part. */
  const ofCommand = ['CARETAKER_LOG_LEVEL'];

  it.each([
    ['gateway', readEdgeConfig],
    ['cloud', readCloudConfig],
  ])('is taken by %s, which reads each of them', (name, read) => {
    const environment = environmentOf(name);
    const asked = new Set<string>(ofCommand);
    const watched = new Proxy(environment, {
      get(target, key) {
        asked.add(String(key));
        return Reflect.get(target, key);
      },
    });
    expect(read(watched)).toMatchObject({ host: '0.0.0.0', tls: { from: 'self-signed' } });
    expect(Object.keys(environment).filter((key) => !asked.has(key))).toEqual([]);
  });

  it('leads both to their stores', () => {
    expect(readEdgeConfig(environmentOf('gateway'))).toMatchObject({
      gateway: 'court-1',
      influxUrl: 'http://history:8086',
      uplinkUrl: 'mqtts://care.example:1884',
      nodeRed: expect.anything(),
      webhookSecret: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(readCloudConfig(environmentOf('cloud'))).toMatchObject({
      database: { engine: 'postgres', url: 'postgres://caretaker:x@tickets:5432/caretaker' },
      readings: { store: 'influx2', url: 'http://readings:8086', organisation: 'caretaker' },
      publicUrl: 'https://care.example:8080',
    });
  });
});
