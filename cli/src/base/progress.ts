import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** Lines and at most one progress bar on the same terminal. */
export interface Screen {
  line(text: string): void;
  /** Moves the bar called `title`; it appears with the first call and goes when done = total. */
  progress(title: string, done: number, total: number): void;
  close(): void;
}

const stepOfPlainOutput = 0.1;

/** A terminal: the bar stays below the lines. */
function terminalScreen(): Screen {
  const bars = new MultiBar(
    {
      format: '{title} {bar} {percentage} %  {value}/{total}  {eta_formatted} left',
      clearOnComplete: true,
      hideCursor: true,
      forceRedraw: true,
    },
    Presets.shades_classic,
  );
  let bar: SingleBar | null = null;
  return {
    line(text) {
      if (bar === null) console.log(text);
      else bars.log(`${text}\n`);
    },
    progress(title, done, total) {
      bar ??= bars.create(total, 0, { title });
      bar.setTotal(total);
      bar.update(done);
      if (done < total) return;
      bars.remove(bar);
      bar = null;
    },
    close: () => bars.stop(),
  };
}

/** A file or a pipe: a line for every tenth. */
function plainScreen(): Screen {
  let said = -1;
  return {
    line: (text) => console.log(text),
    progress(title, done, total) {
      const tenth = total === 0 ? 10 : Math.floor(done / total / stepOfPlainOutput);
      if (tenth !== said) console.log(`${title}: ${tenth * 10} % (${done} of ${total})`);
      said = done >= total ? -1 : tenth;
    },
    close() {},
  };
}

/** The screen that suits where the output goes. */
export function createScreen(): Screen {
  return process.stdout.isTTY && process.stderr.isTTY ? terminalScreen() : plainScreen();
}
