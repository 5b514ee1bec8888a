import type { SessionInfo } from '@caretaker/cloud/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { session } from '../session/session.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { textOf, useSubmit } from '../ui/use-submit.ts';
import { useWait } from './use-wait.ts';
import { Waiting } from './Waiting.tsx';

/** The second factor: a code of the app, or one of the recovery codes. */
export function CodeForm() {
  const { t } = useTranslation('sign-in');
  const [recovery, setRecovery] = useState(false);
  const { busy, error, onSubmit, run } = useSubmit(async (fields) => {
    const code = textOf(fields, 'code');
    session.take(
      await write<SessionInfo>('POST', '/api/session/code', {
        code: recovery ? code : code.replaceAll(/\s/g, ''),
      }),
    );
  });
  const left = useWait(error);
  const back = () =>
    void run(async () => {
      await write('DELETE', '/api/session');
      await session.ask();
    });
  return (
    <form className={form.form} onSubmit={onSubmit}>
      <p className="muted">{t(recovery ? 'code.whyRecovery' : 'code.why')}</p>
      <Field
        key={recovery ? 'recovery' : 'app'}
        name="code"
        label={t(recovery ? 'code.recovery' : 'code.app')}
        autoComplete={recovery ? 'off' : 'one-time-code'}
        inputMode={recovery ? 'text' : 'numeric'}
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={40}
        autoFocus
      />
      <Waiting error={error} left={left} />
      <div className={`${form.actions} ${form.wide}`}>
        <Button look="primary" type="submit" disabled={busy || left > 0}>
          {t('code.go')}
        </Button>
      </div>
      <div className={form.others}>
        <Button look="quiet" onClick={() => setRecovery(!recovery)}>
          {t(recovery ? 'code.useApp' : 'code.useRecovery')}
        </Button>
        <Button look="quiet" onClick={back}>
          {t('code.back')}
        </Button>
      </div>
    </form>
  );
}
