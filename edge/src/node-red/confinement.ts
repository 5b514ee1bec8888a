import { realpathSync } from 'node:fs';
import path from 'node:path';

const edge = path.join(import.meta.dirname, '../..');
/** Code that Node-RED and its nodes are made of. */
const code = [
  path.join(edge, '../node_modules'),
  path.join(edge, 'node_modules'),
  path.join(edge, 'node-red'),
  path.join(edge, 'package.json'),
  import.meta.dirname,
];

/**
 * Flags by which Node lets a process read its own code, read and write these folders, use the network and threads, and
 * nothing else: no other file, no program, no native module. Flows that misbehave do not come at the secrets and the
 * journal of the gateway by that. It holds against mistakes and curiosity; who writes machine code finds a way around.
 */
export function confinement(folders: readonly string[]): string[] {
  const real = (names: readonly string[]) => names.map((name) => realpathSync(name));
  return [
    '--permission',
    '--allow-net',
    '--allow-worker',
    ...real([...code, ...folders]).map((name) => `--allow-fs-read=${name}`),
    ...real(folders).map((name) => `--allow-fs-write=${name}`),
  ];
}
