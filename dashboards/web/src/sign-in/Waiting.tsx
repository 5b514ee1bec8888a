import { useTranslation } from 'react-i18next';
import { formatClock } from '../format/duration.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { FormProblem } from '../ui/FormProblem.tsx';
import { waitOf } from './use-wait.ts';

interface Props {
  readonly error: unknown;
  /** Seconds left, from `useWait`. */
  readonly left: number;
}

/** Why the attempt was refused; while one has to wait, for how long still. */
export function Waiting({ error, left }: Props) {
  const { t } = useTranslation('sign-in');
  const language = useLanguage();
  if (waitOf(error) === 0) return <FormProblem error={error} />;
  return (
    <div>
      <p role="alert">{t(left === 0 ? 'wait.over' : 'wait.text')}</p>
      {/* Outside of the alert, which would read every second aloud. */}
      {left > 0 && <strong>{t('wait.left', { time: formatClock(left * 1000, language) })}</strong>}
    </div>
  );
}
