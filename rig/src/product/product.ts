import { type Api, createApi } from './api.ts';
import { type KillAt, type Part, startPart } from './parts.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

type PartName = 'edge' | 'cloud';

/** Edge and cloud as two real processes in a sandbox of their own. */
export interface Product {
  readonly sandbox: Sandbox;
  readonly api: Api;
  readonly parts: Record<PartName, Part>;
  /** Starts a part again after it was stopped or killed. */
  restart(name: PartName): Promise<void>;
}

/** How a product differs from the usual one. */
export interface ProductOptions {
  /** Parts that kill themselves at a named place. */
  readonly killAt?: Partial<Record<PartName, KillAt>>;
  /** Settings beyond those of the sandbox. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts edge and cloud, hands them to `use`, and ends them whatever happens. */
export async function withProduct<T>(
  estateFile: string,
  use: (product: Product) => Promise<T>,
  { killAt = {}, environment = {} }: ProductOptions = {},
): Promise<T> {
  const sandbox = await createSandbox(estateFile, environment);
  const started: Part[] = [];
  const start = async (name: PartName, at?: KillAt) => {
    const part = await startPart(name, sandbox, at);
    started.push(part);
    return part;
  };
  try {
    const cloud = await start('cloud', killAt.cloud);
    const edge = await start('edge', killAt.edge);
    const parts = { cloud, edge };
    return await use({
      sandbox,
      api: createApi(sandbox.httpUrl),
      parts,
      async restart(name) {
        parts[name] = await start(name);
      },
    });
  } catch (error) {
    const outputs = started.map((part) => part.output()).join('\n--\n');
    if (error instanceof Error) error.message += `\n-- output of the parts:\n${outputs}`;
    throw error;
  } finally {
    await Promise.all(started.map((part) => part.kill()));
    sandbox.dispose();
  }
}
