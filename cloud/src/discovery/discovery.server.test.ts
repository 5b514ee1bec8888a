import { discoverySuite } from '../testing/discovery-suite.ts';
import { onPostgres } from '../testing/postgres.ts';

onPostgres(discoverySuite);
