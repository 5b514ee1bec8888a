/** What the child is told once, when it has been started. */
export interface ChildOrder {
  readonly type: 'start';
  /** Path of the Unix socket that its editor listens on. */
  readonly socket: string;
  /** Its own folder, where flows and their credentials lie. */
  readonly userDirectory: string;
  /** Folder of our nodes. */
  readonly palette: string;
  /** By which credentials of flows are enciphered. */
  readonly credentialSecret: string;
  /** Loads the flows without starting them. */
  readonly safe: boolean;
  /** On top of the editor. */
  readonly title: string;
}

/** What the supervisor says. */
export type ChildWord = ChildOrder | { readonly type: 'stop' };

/** What the child says. */
export type ChildNews =
  /** Its event loop turns; memory of the process in bytes. */
  | { readonly type: 'alive'; readonly rss: number }
  /** Flows begin to run. */
  | { readonly type: 'flows' }
  /** Its editor answers. */
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string };

export type LogLevel = 'error' | 'warn' | 'info';

/** How often a child says that it is alive, milliseconds. */
export const aliveMs = 500;
