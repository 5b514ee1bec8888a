import { join } from 'node:path';
import { temporaryFolder } from '../testing/cloud.ts';
import { identitySuite } from './testing/suite.ts';

identitySuite('SQLite', async () => {
  const folder = await temporaryFolder();
  return {
    config: { engine: 'sqlite', file: join(folder.path, 'cloud.db') },
    drop: () => folder.remove(),
  };
});
