import { join } from 'node:path';
import { auditSuite } from '../testing/audit-suite.ts';
import { temporaryFolder } from '../testing/cloud.ts';

auditSuite('SQLite', async () => {
  const folder = await temporaryFolder();
  return {
    config: { engine: 'sqlite', file: join(folder.path, 'cloud.db') },
    drop: () => folder.remove(),
  };
});
