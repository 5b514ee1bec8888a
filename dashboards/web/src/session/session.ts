import type { SessionInfo } from '@caretaker/cloud/contract';
import { answered, get, write } from '../api/client.ts';
import { doors } from '../api/doors.ts';
import { onStreamRefused } from '../app/live.ts';
import { queries } from '../app/query.ts';
import { askToConfirm } from './confirm.ts';
import { type News, SessionStore } from './session-store.ts';

/** Tabs of this browser share one cookie, so they also share who is signed in. */
const tabs = new BroadcastChannel('caretaker.session');

/** Who is signed in on this page. */
export const session = new SessionStore({
  read: () => get<SessionInfo>('/api/session'),
  answered,
  tell: (news) => tabs.postMessage(news),
  reload: () => window.location.reload(),
  leave(where) {
    const { pathname, search } = window.location;
    const back = new URLSearchParams({ to: `${pathname}${search}` });
    window.location.assign(where === 'here' ? '/sign-in' : `/sign-in?${back}`);
  },
  refresh: () => void queries.invalidateQueries(),
});

/** Listens to other tabs and to refusals while the page is open, and asks who is signed in. */
export async function startSession(): Promise<void> {
  tabs.addEventListener('message', (event: MessageEvent<News>) => session.hear(event.data));
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && session.status().kind === 'in') void session.ask();
  });
  onStreamRefused(() => void session.ask());
  doors.mayRepeat = async ({ problem }, method) => {
    if (problem.code === 'CLOUD_CONFIRM_NEEDED') return askToConfirm();
    if (problem.code !== 'CLOUD_SIGN_IN_NEEDED') return false;
    if (await session.refused()) return true;
    // What is read is read anew afterwards; what a person wrote must not be lost.
    return method === 'GET' ? false : session.back();
  };
  await session.ask();
}

const before = new Set<() => Promise<unknown>>();

/** Runs a task before somebody signs out: what they did must not be lost with their session. */
export function beforeSignOut(task: () => Promise<unknown>): void {
  before.add(task);
}

/** The name of who is signed in, as it stands beside what they do. */
export function personName(): string {
  const status = session.status();
  if (status.kind === 'lapsed') return status.before.person?.name ?? '';
  return status.kind === 'in' ? (status.session.person?.name ?? '') : '';
}

/** Ends this session, or every session of the person. */
export async function signOut(where: 'here' | 'everywhere'): Promise<void> {
  await Promise.all([...before].map((task) => task()));
  await write('DELETE', where === 'here' ? '/api/session' : '/api/account/sessions');
  session.leave();
}
