import type { Action } from '@caretaker/cloud/contract';
import type { icons } from './icons.tsx';

interface Entry {
  readonly to: string;
  readonly name: keyof typeof icons;
  readonly key: string;
  /** Without this the entry is absent. */
  readonly needs?: Action;
}

/** Where the menu leads, and the key after `g`. Only what exists is listed. */
export const places = [
  { to: '/', name: 'overview', key: 'o' },
  { to: '/tickets', name: 'tickets', key: 't' },
  { to: '/assets', name: 'assets', key: 'a' },
  { to: '/uptime', name: 'uptime', key: 'n' },
  { to: '/standard', name: 'standard', key: 's' },
  { to: '/devices', name: 'devices', key: 'd' },
  { to: '/discovery', name: 'discovery', key: 'f', needs: 'device.look' },
  { to: '/people', name: 'people', key: 'u', needs: 'people.manage' },
  { to: '/audit', name: 'audit', key: 'l', needs: 'audit.read' },
] as const satisfies readonly Entry[];

export type Place = (typeof places)[number];
