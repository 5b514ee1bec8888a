import type { Discovery } from '@caretaker/cloud/contract';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { Age } from '../ui/Age.tsx';
import { Button } from '../ui/Button.tsx';
import { FormProblem } from '../ui/FormProblem.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { When } from '../ui/When.tsx';
import styles from './Discovery.module.css';
import { Sample } from './Sample.tsx';
import { Suggestion } from './Suggestion.tsx';

interface Props {
  readonly row: Discovery;
  readonly mayChange: boolean;
  readonly onTake: () => void;
}

/** As their makers write them, in every language. */
const formatNames: Readonly<Record<string, string>> = {
  chirpstack: 'ChirpStack',
  ttn: 'The Things Stack',
  zigbee2mqtt: 'Zigbee2MQTT',
  shelly: 'Shelly',
  tasmota: 'Tasmota',
  sparkplug: 'Sparkplug B',
  json: 'JSON',
};

/** One device: what it calls itself, what it might be, its newest message, and what to do with it. */
export function DiscoveryRow({ row, mayChange, onTake }: Props) {
  const { t } = useTranslation('discovery');
  const { name, device, topic } = row;
  return (
    <article className={styles.row}>
      <div className={styles.head}>
        <h2 className={styles.name}>{name ?? device ?? topic}</h2>
        {row.state !== 'confirmed' && <Acts row={row} mayChange={mayChange} onTake={onTake} />}
      </div>
      <p className={styles.small}>
        {name !== null && device !== null && <code>{device}</code>}
        <span>{formatNames[row.format] ?? row.format}</span>
        <span>{t('by', { gateway: row.gateway })}</span>
        <span>{t('count', { count: row.count })}</span>
        <span>
          {t('last')} <Age at={row.last} />
        </span>
      </p>
      <Decided row={row} />
      {row.state === 'waiting' && <Suggestion suggestion={row.suggestion} />}
      <details>
        <summary data-row>{t('sample')}</summary>
        <p className={styles.small}>{topic}</p>
        <Sample found={row} />
      </details>
    </article>
  );
}

function Decided({ row: { state, decided, asset } }: { readonly row: Discovery }) {
  const { t } = useTranslation('discovery');
  if (state === 'waiting') return null;
  const [estate = '', id = ''] = (asset ?? '').split('/');
  return (
    <p className={styles.small}>
      {decided === null ? (
        t('atGateway')
      ) : (
        <span>
          {t(`by_${state}`, { by: decided.by })} <When at={decided.at} />
        </span>
      )}
      {asset !== null && (
        <Link to="/assets/$estate/$asset" params={{ estate, asset: id }}>
          {id}
        </Link>
      )}
    </p>
  );
}

function Acts({ row, mayChange, onTake }: Props) {
  const { t } = useTranslation('discovery');
  const queries = useQueryClient();
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  const ignored = row.state === 'ignored';
  const turn = () =>
    run(async () => {
      await write('POST', `/api/discovery/${row.id}/ignore`, { ignored: !ignored });
      await queries.invalidateQueries({ queryKey: ['discovery'] });
    });
  // Ignored at the gateway: there somebody has to take it back.
  const here = row.state === 'waiting' || row.decided !== null;
  return (
    <div className={styles.acts}>
      {!ignored && (
        <Button disabled={!mayChange} onClick={onTake}>
          {t('take')}
        </Button>
      )}
      {here && (
        <Button look="quiet" disabled={!mayChange || busy} onClick={() => void turn()}>
          {t(ignored ? 'unignore' : 'ignore')}
        </Button>
      )}
      <FormProblem error={error} />
    </div>
  );
}
