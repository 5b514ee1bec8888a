export { Ingest, type Taken } from './ingest.ts';
