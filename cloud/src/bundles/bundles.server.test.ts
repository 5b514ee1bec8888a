import { bundleSuite } from '../testing/bundle-suite.ts';
import { onPostgres } from '../testing/postgres.ts';

onPostgres(bundleSuite);
