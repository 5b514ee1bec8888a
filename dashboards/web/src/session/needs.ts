import type { Action } from '@caretaker/cloud/contract';
import { type Role, roles } from './roles.ts';

const everybody: readonly Role[] = roles;

/** Roles that hold an action, to name them to whoever lacks it; what counts is what the service says. */
const holders: Record<Exclude<Action, 'self'>, readonly Role[]> = {
  look: everybody,
  operate: everybody,
  'ticket.act': ['technician', 'engineer', 'manager', 'administrator'],
  'planned.change': ['engineer', 'manager', 'administrator'],
  'limit.change': ['engineer', 'administrator'],
  'standard.change': ['engineer', 'administrator'],
  'backtest.run': ['engineer', 'manager', 'administrator'],
  'device.look': ['technician', 'engineer', 'manager', 'administrator'],
  'gateway.manage': ['engineer', 'administrator'],
  'people.manage': ['administrator'],
  'audit.read': ['manager', 'administrator'],
};

export function rolesFor(action: keyof typeof holders): readonly Role[] {
  return holders[action];
}
