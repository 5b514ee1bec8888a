import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { upload } from '../../api/upload.ts';
import type { FileKind } from '../forms.ts';
import { shrink } from './shrink.ts';

export interface Upload {
  readonly key: string;
  readonly name: string;
  readonly kind: FileKind;
  readonly phase: 'sending' | 'done' | 'failed';
  /** How much is sent, 0 to 1. */
  readonly share: number;
  readonly hash: string | null;
  readonly error: unknown;
  readonly blob: Blob;
}

export interface Uploads {
  readonly list: readonly Upload[];
  readonly busy: boolean;
  readonly add: (files: Iterable<File>, kind: FileKind) => void;
  readonly retry: (key: string) => void;
  readonly remove: (key: string) => void;
}

/** Sends one file to a ticket; answers with its hash. */
export async function sendFile(
  ticket: number,
  { blob, name, kind }: Pick<Upload, 'blob' | 'name' | 'kind'>,
  onShare: (share: number) => void = () => {},
): Promise<string> {
  const path = `/api/tickets/${ticket}/files`;
  const { hash } = await upload<{ hash: string }>(path, { kind, name }, blob, onShare);
  return hash;
}

/** Files on their way to a ticket: each begins at once, tells how far it is, and can be tried again. */
export function useUploads(ticket: number): Uploads {
  const [list, setList] = useState<readonly Upload[]>([]);
  const queries = useQueryClient();
  const patch = useCallback((key: string, change: Partial<Upload>) => {
    setList((old) => old.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }, []);
  const send = useCallback(
    async (one: Upload) => {
      patch(one.key, { phase: 'sending', error: null, share: 0 });
      try {
        const blob = await shrink(one.blob);
        const hash = await sendFile(ticket, { ...one, blob }, (share) => patch(one.key, { share }));
        patch(one.key, { phase: 'done', share: 1, hash });
        void queries.invalidateQueries({ queryKey: ['ticket', ticket] });
      } catch (error) {
        patch(one.key, { phase: 'failed', error });
      }
    },
    [ticket, patch, queries],
  );
  const add = (files: Iterable<File>, kind: FileKind) => {
    const fresh = [...files].map(
      (file): Upload => ({
        key: crypto.randomUUID(),
        name: file.name,
        kind,
        phase: 'sending',
        share: 0,
        hash: null,
        error: null,
        blob: file,
      }),
    );
    setList((old) => [...old, ...fresh]);
    for (const one of fresh) void send(one);
  };
  return {
    list,
    busy: list.some(({ phase }) => phase === 'sending'),
    add,
    retry(key) {
      const one = list.find((known) => known.key === key);
      if (one !== undefined) void send(one);
    },
    remove: (key) => setList((old) => old.filter((one) => one.key !== key)),
  };
}
