import { type FormEvent, useCallback, useState } from 'react';

interface Submit {
  readonly busy: boolean;
  /** Why the last attempt was refused; null while there is nothing to say. */
  readonly error: unknown;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  /** Runs the same without a form. */
  readonly run: (task: () => Promise<unknown>) => Promise<void>;
}

/** One write at a time, with its refusal beside the form. What was typed stays. */
export function useSubmit(
  send: (fields: FormData, form: HTMLFormElement) => Promise<unknown>,
): Submit {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = useCallback(async (task: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await task();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  }, []);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!busy) void run(() => send(new FormData(form), form));
  };
  return { busy, error, onSubmit, run };
}

/** A text field of a form, without the spaces around it. */
export function textOf(fields: FormData, name: string): string {
  return String(fields.get(name) ?? '').trim();
}

/** A secret as it was typed: spaces count. */
export function secretOf(fields: FormData, name: string): string {
  return String(fields.get(name) ?? '');
}
