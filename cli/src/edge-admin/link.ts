import type { EdgeConfig } from '@caretaker/edge';

/** The page of a gateway that takes a one-time code; opening it uses nothing up. */
export function pageOfCode({ host, tls }: EdgeConfig, port: number, code: string): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tls === null ? 'http' : 'https'}://${name}:${port}/code?code=${code}`;
}
