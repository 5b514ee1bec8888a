import { run as backtest } from '../bench/backtest.ts';
import { run as drain } from '../bench/drain.ts';
import { run as edge, runIngest as ingest } from '../bench/edge.ts';
import { run as engine } from '../bench/engine.ts';
import { run as restart } from '../bench/restart.ts';
import { run as store } from '../bench/store.ts';
import { run as tickets } from '../bench/tickets.ts';

/** Every benchmark by the name it is called by. */
const benches: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  backtest,
  drain,
  edge,
  engine,
  ingest,
  restart,
  store,
  tickets,
};

const [name = '', ...rest] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  console.error(
    `usage: pnpm bench NAME [--json], where NAME is ${Object.keys(benches).join(', ')}`,
  );
  process.exitCode = 1;
} else {
  await bench(rest);
}
