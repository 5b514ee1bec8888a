import type { InputHTMLAttributes } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './Choice.module.css';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'> {
  readonly value: string;
  readonly onChange: (cause: string) => void;
}

const usual = ['wear', 'adjustment', 'power', 'water', 'misuse', 'vandalism', 'sensor'] as const;

/** The usual causes with one tap, and any other in words. */
export function CauseField({ value, onChange, ...input }: Props) {
  const { t } = useTranslation('ticket');
  return (
    <>
      <div className={styles.chips}>
        {usual.map((cause) => {
          const word = t(`cause.${cause}`);
          return (
            <button
              key={cause}
              type="button"
              className={styles.tap}
              aria-pressed={value === word}
              onClick={() => onChange(value === word ? '' : word)}
            >
              {word}
            </button>
          );
        })}
      </div>
      <input
        {...input}
        maxLength={200}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </>
  );
}
