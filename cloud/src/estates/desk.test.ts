import { estateChangeSuite } from '../testing/estate-suite.ts';

estateChangeSuite('SQLite', async () => ({}));
