import { estateChangeSuite } from '../testing/estate-suite.ts';
import { onPostgres } from '../testing/postgres.ts';

onPostgres(estateChangeSuite);
