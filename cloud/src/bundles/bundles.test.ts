import { bundleSuite } from '../testing/bundle-suite.ts';

bundleSuite('SQLite', async () => ({}));
