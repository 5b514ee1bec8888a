import { useTranslation } from 'react-i18next';
import type { Option } from '../forms.ts';
import styles from './Choice.module.css';

interface Props {
  readonly options: readonly Option[];
  readonly value: string;
  /** Tells the buttons of one question from those of another. */
  readonly name: string;
  /** Told nothing where a choice may be taken back, and the same one is chosen again. */
  readonly onChange: (value: Option | '') => void;
}

/** One of a few, all of them visible. */
export function Choice({ options, value, name, onChange }: Props) {
  const { t } = useTranslation('ticket');
  return (
    <div className={styles.chips}>
      {options.map((option) => (
        <label key={option} className={styles.chip}>
          <input
            type="radio"
            name={name}
            value={option}
            checked={value === option}
            onChange={() => onChange(option)}
            onClick={() => {
              if (value === option) onChange('');
            }}
          />
          <span>{t(`option.${option}`)}</span>
        </label>
      ))}
    </div>
  );
}
