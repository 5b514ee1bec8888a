import type { Command } from 'commander';
import { cloudOption } from '../base/cloud-option.ts';

const jsonOption = ['--json', 'print JSON: one object a ticket', false] as const;

/** `caretaker tickets`: what is open, one ticket with its log, work on it, and the ledger. */
export function addTickets(program: Command): void {
  const tickets = program
    .command('tickets')
    .description('list tickets, show one, act on it, and export the ledger')
    .addHelpText(
      'after',
      `
The cloud is asked over its API, with the token of CARETAKER_TOKEN (or CARETAKER_TOKEN_FILE); where the demo keeps its
data, with the one that it has written there. A ticket is named by its reference, such as CT-1042, or by its id.

  caretaker tickets list --state late --team engineering
  caretaker tickets show CT-1042
  caretaker tickets act CT-1042 wait reason=parts evidence="Motor ordered" until=2026-12-02T09:00+08:00
More: docs/tickets.md`,
    );
  addList(tickets);
  tickets
    .command('show')
    .description('show one ticket: what is wrong, its clocks, how far a fix is proven, and its log')
    .argument('<ticket>', 'its reference or its id')
    .option(...cloudOption)
    .option(...jsonOption)
    .action(async (ticket: string, options: Record<string, unknown>) =>
      (await import('./command.ts')).runShow(ticket, options),
    );
  tickets
    .command('act')
    .description('do something to a ticket, as it stands now')
    .argument('<ticket>', 'its reference or its id')
    .argument('<what>', 'such as acknowledge, arrive, wait, fix, note; a wrong word lists all')
    .argument('[words...]', 'what belongs to it, as name=value; lists and objects as JSON')
    .option(...cloudOption)
    .option('--revision <number>', 'the revision that you have seen (the one of now)')
    .option(...jsonOption)
    .action(
      async (ticket: string, what: string, words: string[], options: Record<string, unknown>) =>
        (await import('./command.ts')).runAct(ticket, what, words, options),
    );
  tickets
    .command('ledger')
    .description('write the ledger to the standard output: CSV, one row for each matter')
    .option(...cloudOption)
    .option('--estate <id>', 'of this estate alone')
    .option('--from <date>', 'received from here on: 2026-03-01 (midnight in UTC), or with a time')
    .option('--to <date>', 'received before there')
    .option('--language <language>', 'of its headings and words: en or zh', 'en')
    .action(async (options: Record<string, unknown>) =>
      (await import('./ledger.ts')).runLedger(options),
    );
}

function addList(tickets: Command): void {
  tickets
    .command('list')
    .description('list tickets, the one whose clock runs out first on top')
    .option(...cloudOption)
    .option('--estate <id>', 'of this estate alone')
    .option(
      '--state <state>',
      'open, all, mine, late, proving, or one state such as waiting',
      'open',
    )
    .option('--severity <severity...>', 'emergency, high, medium or low')
    .option('--team <team...>', 'engineering, security, cleaning or service')
    .option('--subject <id>', 'of one asset, such as court/north-gate')
    .option('--text <words>', 'words that it has, in English or Chinese')
    .option('--sort <order>', 'due, newest, severity or age', 'due')
    .option('--limit <number>', 'at most so many', '50')
    .option(...jsonOption)
    .action(async (options: Record<string, unknown>) =>
      (await import('./command.ts')).runList(options),
    );
}
