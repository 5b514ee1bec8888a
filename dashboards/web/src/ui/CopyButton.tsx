import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';

/** Puts a text on the clipboard, and says whether that worked. */
export function CopyButton({ text }: { readonly text: string }) {
  const { t } = useTranslation('access');
  const [state, setState] = useState<'ready' | 'done' | 'failed'>('ready');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('done');
    } catch {
      // Without https, or when the browser forbids it: the text can still be selected.
      setState('failed');
    }
  };
  return (
    <Button onClick={() => void copy()}>
      <span aria-live="polite">{t(`copy.${state}`)}</span>
    </Button>
  );
}
