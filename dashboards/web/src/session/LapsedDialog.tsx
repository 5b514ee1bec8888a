import type { SessionInfo } from '@caretaker/cloud/contract';
import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SignInForms } from '../sign-in/SignInForms.tsx';
import { Button } from '../ui/Button.tsx';
import form from '../ui/Form.module.css';
import { session } from './session.ts';

interface Props {
  readonly now: SessionInfo;
  /** Whose page it is. */
  readonly before: SessionInfo;
}

const stay = () => {};

/** The session ended while somebody worked: signed in again, everything on the page is as it was. */
export function LapsedDialog({ now, before }: Props) {
  const { t } = useTranslation('access');
  const { pathname, search } = window.location;
  return (
    <Modal
      opened
      onClose={stay}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      zIndex={400}
      title={t('lapsed.title')}
      overlayProps={{ backgroundOpacity: 1, color: 'var(--page)' }}
    >
      <div className={form.form}>
        <p className="muted">{t('lapsed.why')}</p>
        <SignInForms session={now} login={before.person?.login} to={`${pathname}${search}`} />
        <div className={form.others}>
          <Button look="quiet" onClick={() => session.leave()}>
            {t('lapsed.leave')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
