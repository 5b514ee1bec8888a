import type { SessionInfo } from '@caretaker/cloud/contract';
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { dropLinkCode } from '../session/link-code.ts';
import { session } from '../session/session.ts';
import { usePerson } from '../session/use-session.ts';
import { Button } from '../ui/Button.tsx';
import form from '../ui/Form.module.css';
import { useSubmit } from '../ui/use-submit.ts';
import { useWait } from './use-wait.ts';
import { Waiting } from './Waiting.tsx';

/** Signs in by a link. Whoever is signed in already is asked first: the link may be of somebody else. */
export function LinkSignIn({ code }: { readonly code: string }) {
  const { t } = useTranslation('sign-in');
  const person = usePerson();
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  const left = useWait(error);
  // A link is good once: it is not sent twice when the page is drawn twice.
  const sent = useRef(false);
  const enter = useCallback(() => {
    sent.current = true;
    void run(async () => {
      const taken = await write<SessionInfo>('POST', '/api/session/link', { code });
      dropLinkCode();
      session.take(taken);
    });
  }, [run, code]);
  const signedIn = person !== null;
  useEffect(() => {
    if (!signedIn && !sent.current) enter();
  }, [signedIn, enter]);
  if (person !== null && !sent.current) {
    return (
      <>
        <h1>{t('link.title')}</h1>
        <p>{t('link.already', { name: person.name })}</p>
        <Waiting error={error} left={left} />
        <div className={form.actions}>
          <Button disabled={busy} onClick={enter}>
            {t('link.replace')}
          </Button>
          <Button look="primary" onClick={dropLinkCode}>
            {t('link.stay', { name: person.name })}
          </Button>
        </div>
      </>
    );
  }
  return (
    <>
      <h1>{t('link.title')}</h1>
      {error === null ? (
        <p className="muted" role="status">
          {t('link.busy')}
        </p>
      ) : (
        <>
          <Waiting error={error} left={left} />
          <p className="muted">{t('link.failed')}</p>
          <div className={form.actions}>
            <Button look="primary" onClick={dropLinkCode}>
              {t('link.other')}
            </Button>
          </div>
        </>
      )}
    </>
  );
}
