import type { Influx2Access } from './influx2.ts';

/** What the server suites are given by `inject`; each URL is null when that server could not be started. */
export interface Servers {
  /** Base URL of a real InfluxDB 1.x, such as `http://127.0.0.1:40123`. */
  influx1Url: string | null;
  /** A real InfluxDB 2.x; suites make their own buckets. */
  influx2: Influx2Access | null;
  /** `postgres://` URL of a superuser on a real PostgreSQL; suites create their own databases. */
  postgresUrl: string | null;
  /** Why a server is missing, by name; the summary of skipped tests shows it. */
  missingServers: Record<string, string>;
}

declare module 'vitest' {
  interface ProvidedContext extends Servers {}
}
