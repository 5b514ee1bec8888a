import { type InputHTMLAttributes, lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import formStyles from '../../ui/Form.module.css';

const Scanner = lazy(async () => ({ default: (await import('../scan/Scanner.tsx')).Scanner }));

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'> {
  readonly value: string;
  readonly onChange: (code: string) => void;
}

/** The code at the place: read by the camera, or typed from below it. */
export function CodeField({ value, onChange, ...input }: Props) {
  const { t } = useTranslation('ticket');
  const [scanning, setScanning] = useState(false);
  return (
    <>
      {scanning ? (
        <Suspense fallback={<p className={formStyles.hint}>{t('scan.starting')}</p>}>
          <Scanner
            onCode={(code) => {
              onChange(code);
              setScanning(false);
            }}
          />
        </Suspense>
      ) : (
        <Button onClick={() => setScanning(true)}>{t('scan.start')}</Button>
      )}
      <input
        {...input}
        data-autofocus={undefined}
        maxLength={200}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </>
  );
}
