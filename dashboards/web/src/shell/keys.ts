import { useEffect, useSyncExternalStore } from 'react';
import { remember, remembered } from './remember.ts';

type Handler = () => void;

const handlers = new Map<string, Handler[]>();
const listeners = new Set<() => void>();
let prefix: { readonly key: string; readonly at: number } | null = null;
/** A second key of a pair counts only this soon after the first, milliseconds. */
const pairWithin = 1500;

/** Whether letter keys act; a person who types by voice can switch them off (WCAG 2.1.4). */
export function useKeysOn(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => remembered('keys') !== 'off',
  );
  const set = (value: boolean) => {
    remember('keys', value ? 'on' : 'off');
    for (const tell of listeners) tell();
  };
  return [on, set];
}

/** Binds a key (`o`) or a pair (`g t`) while the component is mounted; the latest binding wins. */
export function useKey(key: string, handler: Handler): void {
  useEffect(() => {
    const stack = handlers.get(key) ?? [];
    stack.push(handler);
    handlers.set(key, stack);
    return () => {
      stack.splice(stack.indexOf(handler), 1);
    };
  }, [key, handler]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function isRadio(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'radio';
}

function bound(key: string): Handler | undefined {
  return handlers.get(key)?.at(-1);
}

/** Rests while somebody types, composes Chinese, or a dialog is open. */
function onKeyDown(event: KeyboardEvent): void {
  if (
    event.defaultPrevented ||
    event.isComposing ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey
  ) {
    return;
  }
  if (isTyping(event.target) && !isRadio(event.target)) return;
  if (document.querySelector('[role="dialog"]') !== null) return;
  if (event.key !== 'Escape' && remembered('keys') === 'off') return;
  const pair = prefix !== null && event.timeStamp - prefix.at < pairWithin;
  const handler = (pair ? bound(`${prefix?.key} ${event.key}`) : undefined) ?? bound(event.key);
  prefix = event.key === 'g' ? { key: 'g', at: event.timeStamp } : null;
  if (handler === undefined) return;
  event.preventDefault();
  handler();
}

/** Listens for keys while the page is open. */
export function listenForKeys(): () => void {
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}
