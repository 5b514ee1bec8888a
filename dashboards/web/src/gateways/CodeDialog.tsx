import type { GatewayCode } from '@caretaker/cloud/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { formatClock } from '../format/duration.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useNow } from '../time/use-now.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import form from '../ui/Form.module.css';
import { Secret } from '../ui/Secret.tsx';

interface Props {
  readonly gateway: string;
  readonly code: GatewayCode;
  readonly onClose: () => void;
}

/** The code by which a gateway enrols: shown once, good once, and only for a while. */
export function CodeDialog({ gateway, code, onClose }: Props) {
  const { t } = useTranslation('gateways');
  const queries = useQueryClient();
  const language = useLanguage();
  const left = code.expires - useNow();
  const close = () => {
    onClose();
    void queries.invalidateQueries({ queryKey: ['gateways'] });
  };
  const command = `caretaker gateway enrol --cloud ${window.location.origin}`;
  return (
    <Dialog title={t('code.title', { id: gateway })} onClose={close} size="lg">
      <div className={form.form}>
        <Secret label={t('code.code')} text={code.code} note={t('code.why')} />
        <p>{left > 0 ? t('code.left', { time: formatClock(left, language) }) : t('code.over')}</p>
        <Secret label={t('code.command')} text={command} note={t('code.commandWhy')} />
        <div className={form.actions}>
          <Button look="primary" onClick={close}>
            {t('code.kept')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
