import { type InputHTMLAttributes, useState } from 'react';
import { useTranslation } from 'react-i18next';
import formStyles from '../../ui/Form.module.css';
import { minorUnits } from '../money.ts';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'> {
  readonly value: unknown;
  readonly onChange: (value: number | undefined) => void;
}

/** A sum as people write it, kept in the smallest unit. */
export function MoneyField({ value, onChange, ...input }: Props) {
  const { t } = useTranslation('ticket');
  const [text, setText] = useState(typeof value === 'number' ? (value / 100).toFixed(2) : '');
  return (
    <>
      <input
        {...input}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange(minorUnits(event.currentTarget.value));
        }}
      />
      <p className={formStyles.hint}>{t('moneyHint')}</p>
    </>
  );
}
