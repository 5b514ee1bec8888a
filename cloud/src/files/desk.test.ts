import { join } from 'node:path';
import { temporaryFolder } from '../testing/cloud.ts';
import { fileSuite } from '../testing/file-suite.ts';

fileSuite('SQLite', async () => {
  const folder = await temporaryFolder();
  return {
    config: { engine: 'sqlite', file: join(folder.path, 'cloud.db') },
    drop: () => folder.remove(),
  };
});
