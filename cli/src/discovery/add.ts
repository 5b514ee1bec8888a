import type { Command } from 'commander';
import { cloudOption } from '../base/cloud-option.ts';

/** `caretaker discovery`: what talks and is not in the estate, and how it gets there. */
export function addDiscovery(program: Command): void {
  const discovery = program
    .command('discovery')
    .description('list devices that talk and that the estate does not know, and take them in')
    .addHelpText(
      'after',
      `
The cloud is asked over its API, with the token of CARETAKER_TOKEN (or CARETAKER_TOKEN_FILE); where the demo keeps its
data, with the one that it has written there.

  caretaker discovery list
  caretaker discovery confirm hall-door --asset hall-door --name "Hall door" --touchpoint TP21
More: docs/discovery.md`,
    );
  discovery
    .command('list')
    .description('list what waits for somebody to say what it is, the one heard last first')
    .option(...cloudOption)
    .option('--all', 'those confirmed and ignored, too', false)
    .option('--json', 'print JSON: one object a device', false)
    .action(async (options: Record<string, unknown>) =>
      (await import('./command.ts')).runList(options),
    );
  discovery
    .command('confirm')
    .description('take a device into the estate, as suggested but for what is given')
    .argument('<device>', 'its id, or the beginning of it, its name or its topic')
    .option(...cloudOption)
    .option('--asset <id>', 'id of the asset that it makes')
    .option('--onto <id>', 'an asset that is there and takes the values, in place of a new one')
    .option('--name <text>', 'name of the asset')
    .option('--kind <kind>', 'kind of the asset')
    .option('--touchpoint <id>', 'touchpoint of the asset, such as TP21')
    .option('--place <text>', 'where it is')
    .option('--attribute <name=number...>', 'attributes that rules need, such as depth_cm=120')
    .option('--preset <id>', 'preset of the device, such as milesight/em400-mud')
    .option('--no-node', 'make no asset of the device itself (battery, signal)')
    .option('--json', 'print one JSON object', false)
    .action(async (device: string, options: Record<string, unknown>) =>
      (await import('./command.ts')).runConfirm(device, options),
    );
  discovery
    .command('ignore')
    .description('say that a device is none of ours')
    .argument('<device>', 'its id, or the beginning of it, its name or its topic')
    .option(...cloudOption)
    .option('--json', 'print one JSON object', false)
    .action(async (device: string, options: Record<string, unknown>) =>
      (await import('./command.ts')).runIgnore(device, options),
    );
}
