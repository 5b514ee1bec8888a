/** What went wrong, for a machine (`code`), a person (`message`) and the person's next step (`next`). */
export interface Fault {
  /** Stable, upper snake case, never reused, prefixed by the room: `EDGE_JOURNAL_FULL`. */
  readonly code: string;
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly next?: string;
  /** Where it is: a file, a configuration path, a topic. */
  readonly where?: string;
}

/** The base of every error we throw on purpose; branch on `code`, never on wording. */
export class CaretakerError extends Error implements Fault {
  override readonly name: string = 'CaretakerError';
  readonly code: string;
  readonly next?: string;
  readonly where?: string;

  constructor(fault: Fault, options?: { cause?: unknown }) {
    super(fault.message, options);
    this.code = fault.code;
    if (fault.next !== undefined) this.next = fault.next;
    if (fault.where !== undefined) this.where = fault.where;
  }
}

/** Every fault of one input at once (a configuration file, an environment), never only the first. */
export class FaultsError extends CaretakerError {
  override readonly name = 'FaultsError';
  readonly faults: readonly Fault[];

  constructor(code: string, summary: string, faults: readonly Fault[]) {
    const lines = faults.map((f) => {
      const where = f.where === undefined ? '' : `${f.where}: `;
      const next = f.next === undefined ? '' : ` (${f.next})`;
      return `  ${where}${f.message}${next} [${f.code}]`;
    });
    super({ code, message: [summary, ...lines].join('\n') });
    this.faults = faults;
  }
}
