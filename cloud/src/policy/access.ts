import { CaretakerError } from '@caretaker/readings/base';
import type { Action } from '../contract/index.ts';
import type { Author, By } from '../identity/deed.ts';
import type { Principal, Role, Scope } from '../identity/principal.ts';
import { covers, reachOf, rolesThatMay } from './actions.ts';

/** Somebody may not do something; it says which roles may. */
export class Forbidden extends CaretakerError {
  readonly needs: { readonly action: Action; readonly roles: readonly Role[] };

  constructor(action: Action, message: string, next: string) {
    super({ code: 'CLOUD_FORBIDDEN', message, next });
    this.needs = { action, roles: rolesThatMay(action) };
  }
}

/** What the one who asks may do by the route that they call. */
export class Access {
  readonly principal: Principal;
  /** What the route is for; null for one that is open to everybody. */
  readonly action: Action | null;
  /** Estates for which the action is allowed. */
  readonly reach: Scope;
  /** Estates that one may know of. */
  readonly sight: Scope;
  /** As people know them. */
  readonly name: string;

  constructor(principal: Principal, action: Action | null, name: string) {
    this.principal = principal;
    this.action = action;
    this.name = name;
    this.reach = action === null ? [] : reachOf(principal, action);
    this.sight = reachOf(principal, 'look');
  }

  /** Estates that a list may give things of: null for all. */
  get estates(): readonly string[] | null {
    return this.reach === 'all' ? null : this.reach;
  }

  sees(estate: string): boolean {
    return covers(this.sight, estate);
  }

  /**
   * Asks for the action in an estate that the one who asks may know of.
   * @throws Forbidden `CLOUD_FORBIDDEN`
   */
  require(estate: string): void {
    if (this.action !== null && covers(this.reach, estate)) return;
    throw forbidden(this.action ?? 'look');
  }

  /** Whether they may do something else than the route is for, beside it. */
  may(action: Action, estate: string): boolean {
    return covers(reachOf(this.principal, action), estate);
  }

  /** As the audit log names them. */
  by(at: number): By {
    return { actor: actorOf(this.principal), at };
  }

  /** As others are shown them, too. */
  author(at: number): Author {
    return { ...this.by(at), name: this.name };
  }
}

/** `person:<id>`, `token:<id>`, `gateway:<id>` or `nobody`. */
function actorOf(principal: Principal): string {
  return principal.kind === 'nobody' ? 'nobody' : `${principal.kind}:${principal.id}`;
}

export function forbidden(action: Action): Forbidden {
  const may = rolesThatMay(action);
  if (may.length === 0) {
    return new Forbidden(
      action,
      'Only people who are signed in may do that, with their own account.',
      'Sign in with a password; a token will not do.',
    );
  }
  return new Forbidden(
    action,
    `Your roles do not allow that here. It needs ${may.join(' or ')}.`,
    'Ask an administrator for the role.',
  );
}
