import { join } from 'node:path';
import { temporaryFolder } from '../testing/cloud.ts';
import { gatewayKeySuite } from '../testing/gateway-key-suite.ts';

gatewayKeySuite('SQLite', async () => {
  const folder = await temporaryFolder();
  return {
    config: { engine: 'sqlite', file: join(folder.path, 'cloud.db') },
    drop: () => folder.remove(),
  };
});
