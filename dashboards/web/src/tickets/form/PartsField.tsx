import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import formStyles from '../../ui/Form.module.css';
import type { Part } from '../forms.ts';
import styles from './Choice.module.css';

interface Props {
  readonly value: unknown;
  readonly onChange: (parts: readonly Part[]) => void;
}

/** Parts that are wanted: what, and how many. */
export function PartsField({ value, onChange }: Props) {
  const { t } = useTranslation('ticket');
  const parts = Array.isArray(value) ? (value as Part[]) : [];
  const [name, setName] = useState('');
  const [quantity, setQuantity] = useState('1');
  const add = () => {
    const wanted = name.trim();
    const count = Number(quantity);
    if (wanted === '' || !(count > 0)) return;
    onChange([...parts, { name: wanted, quantity: count, price: null }]);
    setName('');
    setQuantity('1');
  };
  return (
    <>
      {parts.map((part) => (
        <div key={part.name} className={styles.row}>
          <span>{t('partLine', { name: part.name, quantity: part.quantity })}</span>
          <Button look="quiet" onClick={() => onChange(parts.filter((one) => one !== part))}>
            {t('remove')}
          </Button>
        </div>
      ))}
      <div className={styles.row}>
        <input
          className={formStyles.field}
          aria-label={t('field.partName')}
          placeholder={t('partExample')}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <input
          className={`${formStyles.field} ${styles.narrow}`}
          aria-label={t('field.quantity')}
          inputMode="decimal"
          value={quantity}
          onChange={(event) => setQuantity(event.currentTarget.value)}
        />
        <Button onClick={add} disabled={name.trim() === ''}>
          {t('addPart')}
        </Button>
      </div>
    </>
  );
}
