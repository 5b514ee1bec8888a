import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKey } from '../../shell/keys.ts';
import form from '../../ui/Form.module.css';
import styles from './FilterBar.module.css';

/** Asked for when nothing was typed for this long, milliseconds. */
const restMs = 250;

interface Props {
  readonly text: string;
  readonly onText: (text: string) => void;
}

/** Words or a reference to look for; what an input method is still composing is not yet asked for. */
export function FindField({ text, onText }: Props) {
  const { t } = useTranslation('ticket-list');
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(text);
  const composing = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(text);
  useEffect(() => {
    if (text === sent.current) return;
    sent.current = text;
    setDraft(text);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useKey(
    '/',
    useCallback(() => input.current?.focus(), []),
  );
  const ask = (value: string, ms: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (composing.current) return;
      sent.current = value.trim();
      onText(value.trim());
    }, ms);
  };
  return (
    <input
      ref={input}
      type="search"
      className={`${form.field} ${styles.find}`}
      aria-label={t('search.label')}
      aria-keyshortcuts="/"
      placeholder={t('search.placeholder')}
      value={draft}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
        ask(event.currentTarget.value, restMs);
      }}
      onCompositionStart={() => {
        composing.current = true;
      }}
      onCompositionEnd={(event) => {
        composing.current = false;
        ask(event.currentTarget.value, restMs);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing)
          ask(event.currentTarget.value, 0);
        if (event.key === 'Escape' && draft === '') event.currentTarget.blur();
      }}
    />
  );
}
