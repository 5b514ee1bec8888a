import { estateInForce, planActions, readEdgeConfig } from '@caretaker/edge';
import { CaretakerError, systemClock } from '@caretaker/readings/base';
import { checkActions, loadStandard, ruleOf } from '@caretaker/standards';
import { z } from 'zod';

const optionsSchema = z.object({ json: z.boolean() });

/** `caretaker actions`: what the gateway would do by itself because of a breach. Nothing is done. */
export async function runActions(
  rule: string,
  asset: string,
  given: Record<string, unknown>,
): Promise<void> {
  const { json } = optionsSchema.parse(given);
  const config = readEdgeConfig(process.env);
  const estate = await estateInForce(config, systemClock);
  const standard = loadStandard(config.standardFolder ?? undefined);
  if (ruleOf(standard, rule)?.local !== true) throw unknownRule(rule);
  if (!estate.assets.some(({ id }) => id === asset)) throw unknownAsset(asset);
  const steps = planActions(estate, config.gateway, { rule, asset }, systemClock.now());
  const faults = checkActions(standard, [estate]);
  if (json) return print(JSON.stringify({ rule, asset, steps, faults }));
  for (const { message, where } of faults) print(`never done: ${where}: ${message}`);
  if (steps.length === 0) print('Nothing: the gateway would only report it.');
  for (const { undo, kind, to, body } of steps) {
    print(`${undo ? 'undo' : 'do  '} ${kind.padEnd(7)} ${to} ${body}`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function unknownRule(rule: string): CaretakerError {
  return new CaretakerError({
    code: 'CLI_UNKNOWN_RULE',
    message: `No gateway judges a rule "${rule}".`,
    next: 'List the rules with "caretaker standard --json"; those marked local are judged by gateways.',
  });
}

function unknownAsset(asset: string): CaretakerError {
  return new CaretakerError({
    code: 'CLI_UNKNOWN_ASSET',
    message: `The estate has no asset "${asset}".`,
    next: 'Give the id that it has in the estate.',
  });
}
