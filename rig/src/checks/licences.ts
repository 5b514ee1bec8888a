import { z } from 'zod';
import { pnpm, run } from './run.ts';

/** Licences that let us ship the product closed, with notice at most. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Packages outside the list, with the reason why they are harmless here. */
const excepted: Readonly<Record<string, string>> = {
  suncalc: 'BSD-2-Clause in its LICENSE file; its package.json names none',
  npm: 'Artistic-2.0, unchanged; comes with Node-RED, which installs nothing by it here',
  pause: 'MIT in its Readme; its package.json names none; comes with Node-RED as above',
  lightningcss: 'MPL-2.0, unchanged, used while building and not shipped',
};

const listSchema = z.record(
  z.string(),
  z.array(z.object({ name: z.string(), versions: z.array(z.string()) })),
);

/** An SPDX expression is permissive when a choice we may make of it is. */
export function isPermissive(expression: string): boolean {
  const plain = expression.replace(/[()]/g, '');
  return plain
    .split(/ OR /i)
    .some((choice) => choice.split(/ AND /i).every((licence) => permissive.has(licence.trim())));
}

function isExcepted(name: string): boolean {
  return Object.keys(excepted).some((known) => name === known || name.startsWith(`${known}-`));
}

/** Installed packages whose licence is not permissive, one finding each. */
export async function checkLicences(): Promise<string[]> {
  const { code, output } = await run(...pnpm('-r', 'licenses', 'list', '--json'));
  if (code !== 0) return [`pnpm licenses failed:\n${output}`];
  const licences = listSchema.parse(JSON.parse(output.slice(output.indexOf('{'))));
  return Object.entries(licences)
    .filter(([licence]) => !isPermissive(licence))
    .flatMap(([licence, packages]) =>
      packages
        .filter(({ name }) => !isExcepted(name) && !name.startsWith('@caretaker/'))
        .map(({ name, versions }) => `${name}@${versions.join(', ')}: ${licence}`),
    );
}
