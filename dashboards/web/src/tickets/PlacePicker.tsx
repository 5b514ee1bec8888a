import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { useAsset, useAssets } from '../live/use-live.ts';
import { matches } from '../overview/find.ts';
import { Button } from '../ui/Button.tsx';
import form from '../ui/Form.module.css';
import styles from './NewTicketPage.module.css';
import type { Where } from './report.ts';

interface Props {
  readonly value: Where | null;
  readonly onChange: (where: Where | null) => void;
}

const mostShown = 6;

/** An asset by a few letters of its name or place; where none fits, the place in words. */
export function PlacePicker({ value, onChange }: Props) {
  const { t } = useTranslation('ticket');
  const id = useId();
  const [find, setFind] = useState('');
  if (value?.kind === 'asset') return <Chosen id={value.id} onClear={() => onChange(null)} />;
  const type = (text: string) => {
    setFind(text);
    onChange(text.trim() === '' ? null : { kind: 'place', name: text });
  };
  return (
    <div className={form.line}>
      <label htmlFor={id}>{t('create.where')}</label>
      <input
        id={id}
        className={form.field}
        autoComplete="off"
        maxLength={200}
        aria-describedby={`${id}-hint`}
        value={find}
        onChange={(event) => type(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} className={form.hint}>
        {t('create.whereHint')}
      </p>
      <Fitting find={find} onChoose={(asset) => onChange({ kind: 'asset', id: asset })} />
    </div>
  );
}

interface FittingProps {
  readonly find: string;
  readonly onChoose: (asset: string) => void;
}

function Fitting({ find, onChoose }: FittingProps) {
  const say = usePick();
  const assets = useAssets();
  if (find.trim() === '') return null;
  const fitting = assets.filter((asset) => matches(asset, find.trim())).slice(0, mostShown);
  return (
    <ul className={styles.fitting}>
      {fitting.map((asset) => (
        <li key={asset.id}>
          <button type="button" onClick={() => onChoose(asset.id)}>
            {say(asset.name)} <span className="muted">{say(asset.place)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Chosen({ id, onClear }: { readonly id: string; readonly onClear: () => void }) {
  const { t } = useTranslation('ticket');
  const say = usePick();
  const asset = useAsset(id);
  return (
    <div className={form.line}>
      <span className={form.label}>{t('create.where')}</span>
      <div className={styles.chosen}>
        <span>
          <strong>{asset === undefined ? id : say(asset.name)}</strong>{' '}
          {asset !== undefined && <span className="muted">{say(asset.place)}</span>}
        </span>
        <Button look="quiet" onClick={onClear}>
          {t('create.clearPlace')}
        </Button>
      </div>
    </div>
  );
}
