import type { Action, Asset, Estate } from '@caretaker/devices/model';
import type { Fault } from '@caretaker/readings/base';
import { ruleOf, type Standard } from '../catalogue/standard.ts';

/**
 * Actions of estates that would never be done: of a rule that is not there or that gateways do not judge, or for
 * assets that it does not judge. Where a standard has the part of a gateway only, the two first are the same.
 */
export function checkActions(standard: Standard, estates: readonly Estate[]): Fault[] {
  return estates.flatMap((estate) =>
    estate.actions.flatMap((action, index) =>
      checkAction(standard, estate, action, `${estate.id} actions[${index}]`),
    ),
  );
}

function checkAction(standard: Standard, estate: Estate, action: Action, where: string): Fault[] {
  const fault = (message: string): Fault => ({ code: 'STANDARDS_UNKNOWN_ACTION', message, where });
  const rule = ruleOf(standard, action.rule);
  if (rule === undefined || rule.id !== action.rule || rule.local !== true) {
    return [fault(`no rule "${action.rule}" is marked local, so no gateway judges it`)];
  }
  const judged = (asset: Asset) => asset.kind === rule.kind;
  if (action.assets === undefined) {
    if (estate.assets.some(judged)) return [];
    return [fault(`"${rule.id}" judges assets of kind ${rule.kind}, and there are none`)];
  }
  const foreign = estate.assets
    .filter(({ id }) => action.assets?.includes(id))
    .filter((asset) => !judged(asset));
  return foreign.map(({ id, kind }) =>
    fault(`"${rule.id}" judges assets of kind ${rule.kind}, and "${id}" is of kind ${kind}`),
  );
}
