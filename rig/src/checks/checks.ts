import { checkLicences } from './licences.ts';
import { run, tool } from './run.ts';

/** One line of `pnpm check`. */
export interface Check {
  readonly name: string;
  /** @returns findings, none when all is well. */
  find(): Promise<string[]>;
}

async function findingsOf(file: string, args: readonly string[]): Promise<string[]> {
  const { code, output } = await run(file, args);
  return code === 0 ? [] : [output];
}

/** Looks again only at what changed since the last time, here or in the other command that checks types. */
function typeFindings(name: string, project: string): Promise<string[]> {
  const seen = `node_modules/.cache/types/${name}.json`;
  return findingsOf(tool('tsc'), [
    '--noEmit',
    '--project',
    project,
    '--incremental',
    '--tsBuildInfoFile',
    seen,
  ]);
}

/** Everything that must hold of the source before it is committed. */
export const checks: readonly Check[] = [
  { name: 'types of servers', find: () => typeFindings('servers', '.') },
  { name: 'types of web', find: () => typeFindings('web', 'dashboards/web') },
  {
    name: 'format, lint, imports between rooms, cycles, sizes',
    find: () =>
      findingsOf(tool('biome'), ['check', '--error-on-warnings', '--max-diagnostics=200']),
  },
  {
    name: 'unused files, exports and dependencies',
    find: () => findingsOf(tool('knip'), ['--no-progress', '--treat-config-hints-as-errors']),
  },
  { name: 'licences', find: checkLicences },
];
