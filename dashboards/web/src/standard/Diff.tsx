import type { StandardDiff } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { standardDiffQuery } from '../api/queries.ts';
import { usePick } from '../i18n/use-language.ts';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import styles from './Changes.module.css';
import type { Pair } from './pair.ts';

type Touchpoint = StandardDiff['touchpoints'][number];
type Item = Touchpoint['items'][number];
type Rule = Item['rules'][number];
type Field = StandardDiff['groups'][number];

/** What reads otherwise in one version than in the other, touchpoint by touchpoint. */
export function Diff({ from, to }: Pair) {
  const { t } = useTranslation('standard');
  const diff = useQuery(standardDiffQuery(from, to));
  const data = diff.data;
  if (diff.error !== null) {
    return <ErrorBand error={diff.error} onRetry={() => void diff.refetch()} />;
  }
  if (data === undefined) return <Skeleton heights={[20, 60]} />;
  if (data.groups.length === 0 && data.touchpoints.length === 0) {
    return <p className="muted">{t('changes.same')}</p>;
  }
  return (
    <div className={styles.diff}>
      <p className={styles.tallies}>
        <span>{t('changes.items', data.counts.items)}</span>
        <span>{t('changes.rules', data.counts.rules)}</span>
      </p>
      <Fields fields={data.groups} />
      {data.touchpoints.map((touchpoint) => (
        <section key={touchpoint.id}>
          <h3>
            <Name of={touchpoint} />
          </h3>
          <Fields fields={touchpoint.changes} />
          <ul className={styles.items}>
            {touchpoint.items.map((item) => (
              <ChangedItem key={item.id} item={item} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function ChangedItem({ item }: { readonly item: Item }) {
  return (
    <li>
      <p>
        <Name of={item} />
      </p>
      <Fields fields={item.changes} />
      <ul className={styles.items}>
        {item.rules.map((rule) => (
          <ChangedRule key={rule.id} rule={rule} />
        ))}
      </ul>
    </li>
  );
}

function ChangedRule({ rule }: { readonly rule: Rule }) {
  const say = usePick();
  return (
    <li>
      <p>
        <Name of={{ ...rule, name: rule.title }} />
      </p>
      <p className={rule.what === 'removed' ? styles.gone : undefined}>{say(rule.sentence)}</p>
      <Fields fields={rule.changes} />
    </li>
  );
}

/** Id and name; what happened as a word, where it is more than a change below. */
function Name({ of }: { readonly of: Pick<Item, 'id' | 'name' | 'what'> }) {
  const { t } = useTranslation('standard');
  const say = usePick();
  return (
    <>
      <span className="muted">{of.id}</span> <strong>{say(of.name)}</strong>{' '}
      <span className={styles.what} data-what={of.what}>
        {t(`changes.what.${of.what}`)}
      </span>
    </>
  );
}

function Fields({ fields }: { readonly fields: readonly Field[] }) {
  const say = usePick();
  if (fields.length === 0) return null;
  return (
    <ul className={styles.fields}>
      {fields.map(({ path, text }) => (
        <li key={path}>{say(text)}</li>
      ))}
    </ul>
  );
}
