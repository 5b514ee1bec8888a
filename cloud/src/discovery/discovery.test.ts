import { discoverySuite } from '../testing/discovery-suite.ts';

discoverySuite('SQLite', async () => ({}));
