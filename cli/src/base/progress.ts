import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** Lines and at most one progress bar on the same terminal. */
export interface Screen {
  line(text: string): void;
  /** Moves the bar called `title`; it appears with the first call and goes when done = total. */
  progress(title: string, done: number, total: number): void;
  close(): void;
}

const stepOfPlainOutput = 0.1;

const barOptions = {
  format: '{title} {bar} {percentage} %  {value} of {total}',
  clearOnComplete: true,
  hideCursor: true,
  forceRedraw: true,
};

/** A terminal: the bar stays below the lines, and nothing is redrawn while there is none. */
function terminalScreen(): Screen {
  let shown: { bars: MultiBar; bar: SingleBar } | null = null;
  const close = () => {
    shown?.bars.stop();
    shown = null;
  };
  const open = (title: string, total: number) => {
    const bars = new MultiBar(barOptions, Presets.shades_classic);
    return { bars, bar: bars.create(total, 0, { title }) };
  };
  return {
    line(text) {
      if (shown === null) console.log(text);
      else shown.bars.log(`${text}\n`);
    },
    progress(title, done, total) {
      shown ??= open(title, total);
      shown.bar.setTotal(total);
      shown.bar.update(done);
      if (done >= total) close();
    },
    close,
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
