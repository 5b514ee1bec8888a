import type { icons } from './icons.tsx';

/** Where the menu leads, and the key after `g`. Only what exists is listed. */
export const places = [
  { to: '/', name: 'overview', key: 'o' },
  { to: '/tickets', name: 'tickets', key: 't' },
  { to: '/assets', name: 'assets', key: 'a' },
  { to: '/uptime', name: 'uptime', key: 'n' },
  { to: '/standard', name: 'standard', key: 's' },
  { to: '/devices', name: 'devices', key: 'd' },
] as const satisfies readonly { to: string; name: keyof typeof icons; key: string }[];

export type Place = (typeof places)[number];
