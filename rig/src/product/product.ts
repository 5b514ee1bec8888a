import { readEdgeConfig } from '@caretaker/edge';
import { type Api, createApi } from './api.ts';
import { gatewayCode } from './enrolment.ts';
import { type KillAt, type Part, startPart } from './parts.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

type PartName = 'edge' | 'cloud';

/** Edge and cloud as two real processes in a sandbox of their own. */
export interface Product {
  readonly sandbox: Sandbox;
  readonly api: Api;
  readonly parts: Record<PartName, Part>;
  /** Starts a part again after it was stopped or killed; it may kill itself again. */
  restart(name: PartName, killAt?: KillAt): Promise<void>;
  /** Stops a part while `use` looks at what that is like, and starts it again whatever happens. */
  without<T>(name: PartName, use: () => Promise<T>): Promise<T>;
}

/** How a product differs from the usual one. */
export interface ProductOptions {
  /** Parts that kill themselves at a named place. */
  readonly killAt?: Partial<Record<PartName, KillAt>>;
  /** Settings beyond those of the sandbox. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A product that runs until it is ended. */
export interface StartedProduct extends Product {
  /** Ends both parts by force and removes the sandbox. */
  end(): Promise<void>;
  /** The end of what the parts printed, for the message of a failing test. */
  outputs(): string;
}

function withSettings(sandbox: Sandbox, more: Readonly<Record<string, string>>): Sandbox {
  return { ...sandbox, environment: { ...sandbox.environment, ...more } };
}

/** Starts edge and cloud for a whole test file; whoever starts them ends them. */
export async function startProduct(
  estateFile: string,
  { killAt = {}, environment = {} }: ProductOptions = {},
): Promise<StartedProduct> {
  const sandbox = await createSandbox(estateFile, environment);
  const started: Part[] = [];
  /** Good once: a gateway that is killed before it has used it needs it again. */
  let enrolment: Record<string, string> = {};
  const start = async (name: PartName, at?: KillAt) => {
    const more = name === 'edge' ? enrolment : {};
    const part = await startPart(name, withSettings(sandbox, more), at);
    started.push(part);
    return part;
  };
  const end = async () => {
    await Promise.all(started.map((part) => part.kill()));
    sandbox.dispose();
  };
  try {
    const cloud = await start('cloud', killAt.cloud);
    const { gateway } = readEdgeConfig(sandbox.environment);
    enrolment = { CARETAKER_ENROL_CODE: await gatewayCode(sandbox, gateway) };
    const edge = await start('edge', killAt.edge);
    const parts = { cloud, edge };
    return {
      sandbox,
      api: createApi(sandbox),
      parts,
      async restart(name, at) {
        parts[name] = await start(name, at);
      },
      async without(name, use) {
        await parts[name].stop();
        try {
          return await use();
        } finally {
          parts[name] = await start(name);
        }
      },
      end,
      outputs: () => started.map((part) => part.output()).join('\n--\n'),
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Starts edge and cloud, hands them to `use`, and ends them whatever happens. */
export async function withProduct<T>(
  estateFile: string,
  use: (product: Product) => Promise<T>,
  options: ProductOptions = {},
): Promise<T> {
  const product = await startProduct(estateFile, options);
  try {
    return await use(product);
  } catch (error) {
    const outputs = product.outputs();
    if (error instanceof Error) error.message += `\n-- output of the parts:\n${outputs}`;
    throw error;
  } finally {
    await product.end();
  }
}
