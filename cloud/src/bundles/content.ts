import { createHash } from 'node:crypto';
import type { Asset, Bundle, BundleCredential, Estate } from '@caretaker/devices/model';
import { type Standard, standardText } from '@caretaker/standards';

/** What a bundle is made of. */
export interface Sources {
  /** With the limits that are in force. */
  readonly estate: Estate;
  /** The one in force. */
  readonly standard: Standard;
  readonly credentials: readonly BundleCredential[];
}

/** A bundle without its number and time. */
export type Content = Pick<Bundle, 'gateway' | 'estate' | 'standard' | 'credentials'>;

/** What a gateway has to know: of its own assets, and of those that they are related to, however far. */
export function contentOf(gateway: string, { estate, standard, credentials }: Sources): Content {
  const own = estate.assets.filter((asset) => asset.gateway === gateway);
  const reached = reachedFrom(own, estate);
  const mapped = new Set(own.map(({ id }) => id));
  return {
    gateway,
    estate: {
      ...estate,
      assets: estate.assets.filter(({ id }) => reached.has(id)),
      mappings: estate.mappings.filter(({ asset }) => mapped.has(asset)),
      actions: actionsOf(estate, mapped),
    },
    standard: { version: standard.version, content: standardText(standard) },
    credentials: credentials.filter((one) => one.kind === 'bridge' || isKnown(one, mapped)),
  };
}

/** Names what is in a bundle: of two of one name, nobody needs the second. */
export function hashOf({ gateway, estate, standard, credentials }: Content): string {
  const said = { gateway, estate, standard: standard?.version ?? null, credentials };
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

/** What it does by itself, for its own assets. */
function actionsOf({ actions }: Estate, own: ReadonlySet<string>): Estate['actions'] {
  return actions.flatMap((action) => {
    if (action.assets === undefined) return [action];
    const assets = action.assets.filter((asset) => own.has(asset));
    return assets.length === 0 ? [] : [{ ...action, assets }];
  });
}

function isKnown({ assets }: { readonly assets: readonly string[] }, known: ReadonlySet<string>) {
  return assets.every((asset) => known.has(asset));
}

function reachedFrom(own: readonly Asset[], { assets }: Estate): ReadonlySet<string> {
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const reached = new Set(own.map(({ id }) => id));
  // A set gives what is added to it while it is walked through.
  for (const id of reached) {
    for (const other of Object.values(byId.get(id)?.relations ?? {}).flat()) reached.add(other);
  }
  return reached;
}
