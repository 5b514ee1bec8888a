import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { checks, type Section } from './find.ts';
import styles from './Group.module.css';
import { Item } from './Item.tsx';

interface Props {
  readonly section: Section;
  /** Whether it begins open. */
  readonly open: boolean;
}

/** One of the 21 groups: a line with its counts, and its items below their touchpoints. */
export function Group({ section, open }: Props) {
  const { t } = useTranslation('standard');
  const say = usePick();
  const { group, touchpoints, counts } = section;
  return (
    <details className={styles.group} open={open}>
      <summary>
        <h2>
          {group.number} {say(group.name)}
        </h2>
        <span className={styles.counts}>
          {checks
            .filter((check) => counts[check] > 0)
            .map((check) => (
              <span key={check}>{t(`counted.${check}`, { count: counts[check] })}</span>
            ))}
        </span>
      </summary>
      {touchpoints.map(({ touchpoint, items }) => (
        <section key={touchpoint.id} className={styles.touchpoint}>
          <h3>
            <span className={styles.id}>{touchpoint.id}</span> {say(touchpoint.name)}
          </h3>
          <ul className={styles.items}>
            {items.map((item) => (
              <Item key={item.id} item={item} />
            ))}
          </ul>
        </section>
      ))}
    </details>
  );
}
