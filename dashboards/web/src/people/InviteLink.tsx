import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import form from '../ui/Form.module.css';
import { Secret } from '../ui/Secret.tsx';

interface Props {
  readonly name: string;
  readonly code: string;
  readonly onClose: () => void;
}

/** The link by which somebody sets a password; shown once, to be handed to them by a safe way. */
export function InviteLink({ name, code, onClose }: Props) {
  const { t } = useTranslation('people');
  const link = `${window.location.origin}/invite#${new URLSearchParams({ code })}`;
  return (
    <Dialog title={t('invite.title', { name })} onClose={onClose} size="lg">
      <Secret label={t('invite.link')} text={link} note={t('invite.why', { name })} />
      <div className={form.actions}>
        <Button look="primary" onClick={onClose}>
          {t('invite.kept')}
        </Button>
      </div>
    </Dialog>
  );
}
