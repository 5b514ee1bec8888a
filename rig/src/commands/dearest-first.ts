import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** In this order: what waits most, then what needs a process or server of its own, then the many short ones. */
const projects = ['e2e', 'alone', 'servers', 'unit'];

/** Test files of each project that take longest. One that is begun last leaves the other cores idle. */
const dearest = [
  'rig/e2e/pages-access.test.ts',
  'rig/e2e/crash.test.ts',
  'rig/e2e/pages-form.test.ts',
  'rig/e2e/pages-outage.test.ts',
  'rig/e2e/pages-tickets.test.ts',
  'rig/e2e/cut-off-alarm.test.ts',
  'rig/e2e/pages-empty.test.ts',
  'rig/e2e/restart.test.ts',
  'rig/e2e/hold.test.ts',
  'rig/e2e/recorded.test.ts',
  'edge/src/node-red/wild-flows.test.ts',
  'cloud/src/http/injection.test.ts',
  'cloud/src/host/crash.test.ts',
  'edge/src/journal/damage.test.ts',
  'edge/src/broker/pressure.test.ts',
  'cloud/src/identity/identity.server.test.ts',
  'edge/src/uplink/uplink.test.ts',
  'edge/src/bundle/bundles.test.ts',
  'standards/src/engine/property.',
];

function isDear({ moduleId }: TestSpecification): boolean {
  return dearest.some((file) => moduleId.includes(file));
}

/**
 * Begins with the dearest files of each project, and goes on as Vitest would. Files of one project follow each other,
 * because those that share a process can do so only then.
 */
export class DearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return projects.flatMap((name) => {
      const own = sorted.filter(({ project }) => project.name === name);
      return [...own.filter(isDear), ...own.filter((file) => !isDear(file))];
    });
  }
}
