import type { SignOffCode } from '@caretaker/cloud/contract';
import { type InputHTMLAttributes, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { FormProblem } from '../../ui/FormProblem.tsx';
import { When } from '../../ui/When.tsx';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'> {
  readonly ticket: number;
  readonly value: string;
  readonly onChange: (code: string) => void;
}

/** The code by which a customer who is not there signs; the desk makes one and tells it to them. */
export function CustomerCode({ ticket, value, onChange, ...input }: Props) {
  const { t } = useTranslation('ticket');
  const [made, setMade] = useState<SignOffCode | null>(null);
  const [error, setError] = useState<unknown>(null);
  const make = async () => {
    setError(null);
    try {
      setMade(await write<SignOffCode>('POST', `/api/tickets/${ticket}/sign-off-code`));
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <>
      <input
        {...input}
        inputMode="numeric"
        autoComplete="off"
        maxLength={12}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {made === null ? (
        <div>
          <Button look="quiet" onClick={() => void make()}>
            {t('customerCode.make')}
          </Button>
        </div>
      ) : (
        <p aria-live="polite">
          {t('customerCode.made', { code: made.code })} <When at={made.expires} />
        </p>
      )}
      <FormProblem error={error} />
    </>
  );
}
