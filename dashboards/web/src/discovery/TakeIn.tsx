import type { Discovery } from '@caretaker/cloud/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { Segmented } from '../ui/Segmented.tsx';
import { textOf, useSubmit } from '../ui/use-submit.ts';
import { AssetFields } from './AssetFields.tsx';
import styles from './Discovery.module.css';
import { Faults, faultsIn } from './Faults.tsx';
import { Sample } from './Sample.tsx';
import { Suggestion } from './Suggestion.tsx';
import { hasNode, type Said, suggested, wishOf } from './wish.ts';

interface Props {
  readonly found: Discovery;
  readonly onClose: () => void;
}

/** A device enters the estate: as a new asset, or as another sensor of one that is there. */
export function TakeIn({ found, onClose }: Props) {
  const { t } = useTranslation(['discovery', 'shell']);
  const language = useLanguage();
  const queries = useQueryClient();
  const [as, setAs] = useState<'new' | 'onto'>('new');
  // One key for one dialog: pressed twice, it enters once; what was refused may be sent changed.
  const sent = useRef<{ readonly body: string; readonly key: string } | null>(null);
  const before = suggested(found, language);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const wish = wishOf(found, saidIn(fields, as), language);
    const body = JSON.stringify(wish);
    if (sent.current?.body !== body) sent.current = { body, key: crypto.randomUUID() };
    await post<Discovery>(`/api/discovery/${found.id}/confirm`, wish, sent.current.key);
    await queries.invalidateQueries({ queryKey: ['discovery'] });
    onClose();
  });
  const faults = faultsIn(error);
  return (
    <Dialog
      title={t('discovery:takeTitle', { name: found.name ?? found.device ?? found.topic })}
      onClose={onClose}
      size="lg"
    >
      <div className={styles.before}>
        <Suggestion suggestion={found.suggestion} />
        {found.suggestion === null && <Sample found={found} />}
        <Segmented
          label={t('discovery:as')}
          value={as}
          options={[
            { value: 'new', label: t('discovery:asNew') },
            { value: 'onto', label: t('discovery:asOnto') },
          ]}
          onChange={setAs}
        />
      </div>
      <form className={form.form} onSubmit={onSubmit} autoComplete="off">
        <AssetFields as={as} before={before} recognised={found.suggestion !== null} />
        {hasNode(found.suggestion) && (
          <label className={form.check}>
            <input type="checkbox" name="node" defaultChecked={before.node} />
            <span>
              {t('discovery:node')}
              <small>{t('discovery:nodeHint')}</small>
            </span>
          </label>
        )}
        {faults.length > 0 ? <Faults faults={faults} /> : <FormProblem error={error} />}
        <div className={form.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit" disabled={busy}>
            {t('discovery:take')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function saidIn(fields: FormData, as: 'new' | 'onto'): Said {
  return {
    onto: as === 'onto' ? textOf(fields, 'onto') : '',
    id: textOf(fields, 'id'),
    name: textOf(fields, 'name'),
    kind: textOf(fields, 'kind'),
    touchpoint: textOf(fields, 'touchpoint'),
    place: textOf(fields, 'place'),
    fields: textOf(fields, 'fields'),
    node: fields.get('node') !== null,
  };
}
