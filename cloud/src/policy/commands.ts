type Part = 'cloud' | 'gateway';

/** What a command of `caretaker` does to the data folders of which parts. */
export interface CommandRule {
  readonly works: 'read' | 'write';
  /** None: it touches no data of ours, so everybody may run it. */
  readonly on: readonly Part[];
}

const free: CommandRule = { works: 'read', on: [] };
const readsCloud: CommandRule = { works: 'read', on: ['cloud'] };
const writesCloud: CommandRule = { works: 'write', on: ['cloud'] };
const readsGateway: CommandRule = { works: 'read', on: ['gateway'] };
const writesGateway: CommandRule = { works: 'write', on: ['gateway'] };

/**
 * Every command and who may run it, beside the tables of routes and topics: one that is not here does not run. There
 * is no signing in on a command line. Whoever may write to a data folder can do with it what they like anyhow, and is
 * its operator; the audit log names them by their user id.
 */
export const commandRules: Readonly<Record<string, CommandRule>> = {
  start: { works: 'write', on: ['cloud', 'gateway'] },
  cloud: writesCloud,
  edge: writesGateway,
  decode: free,
  standard: free,
  'standard check': free,
  // A version that a cloud keeps is read only when one is named; then the database asks.
  'standard diff': free,
  'test-standard': free,
  // Devices and replays come to a gateway as any client does, and prove themselves to its broker.
  simulate: free,
  replay: free,
  // Over the API, which asks for a token.
  'discovery list': free,
  'discovery confirm': free,
  'discovery ignore': free,
  'tickets list': free,
  'tickets show': free,
  'tickets act': free,
  'tickets ledger': free,
  backtest: readsCloud,
  verify: readsCloud,
  'audit export': readsCloud,
  'person list': writesCloud,
  'person reset': writesCloud,
  doctor: readsGateway,
  actions: readsGateway,
  'gateway code': writesCloud,
  'gateway list': writesCloud,
  'gateway revoke': writesCloud,
  'gateway enrol': writesGateway,
  'gateway rotate': writesGateway,
  'device add': writesGateway,
  'device list': writesGateway,
  'device rotate': writesGateway,
  'device revoke': writesGateway,
  'edge-admin code': writesGateway,
  'edge-admin password': writesGateway,
};

/** @throws Error for a command that is not in the table: nobody would have said who may run it */
export function ruleOfCommand(command: string): CommandRule {
  const rule = commandRules[command];
  if (rule === undefined) throw new Error(`nobody has said who may run "caretaker ${command}"`);
  return rule;
}
