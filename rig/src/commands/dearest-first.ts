import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Test files that take longest, in no order of theirs. One that is begun last leaves the other cores idle. */
const dearest = [
  'rig/e2e/pages-access.test.ts',
  'rig/e2e/crash.test.ts',
  'rig/e2e/pages-form.test.ts',
  'rig/e2e/pages-outage.test.ts',
  'rig/e2e/pages-tickets.test.ts',
  'rig/e2e/pages-empty.test.ts',
  'rig/e2e/restart.test.ts',
  'rig/e2e/hold.test.ts',
  'rig/e2e/recorded.test.ts',
  'cloud/src/host/crash.test.ts',
  'edge/src/journal/damage.test.ts',
  'cloud/src/identity/identity.server.test.ts',
  'edge/src/uplink/uplink.test.ts',
  'standards/src/engine/property.',
];

function isDear({ moduleId }: TestSpecification): boolean {
  return dearest.some((file) => moduleId.includes(file));
}

/** Begins with the dearest files, and goes on as Vitest would. */
export class DearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isDear), ...sorted.filter((file) => !isDear(file))];
  }
}
