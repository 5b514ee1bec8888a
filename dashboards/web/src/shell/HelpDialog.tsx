import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './HelpDialog.module.css';
import { useKeysOn } from './keys.ts';

const groups = {
  everywhere: [
    ['?', 'help'],
    ['g o', 'overview'],
    ['g t', 'tickets'],
    ['g a', 'assets'],
    ['g n', 'uptime'],
    ['g s', 'standard'],
    ['g d', 'devices'],
    ['g u', 'people'],
    ['g l', 'audit'],
    ['g m', 'account'],
    ['Esc', 'up'],
    ['o', 'order'],
  ],
  lists: [
    ['j', 'next'],
    ['k', 'previous'],
    ['Enter', 'open'],
  ],
  ticket: [
    ['a', 'acknowledge'],
    ['m', 'mine'],
    ['i', 'assign'],
    ['s', 'state'],
    ['n', 'note'],
    ['w', 'waiting'],
    ['f', 'fixed'],
    ['c', 'closeTicket'],
    ['z', 'undo'],
  ],
  chart: [
    ['← →', 'step'],
    ['Shift ← →', 'hour'],
    ['PgUp PgDn', 'episode'],
    ['Home End', 'ends'],
    ['T', 'table'],
    ['+ -', 'zoom'],
  ],
} as const;

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Every key, and the switch that turns them off. */
export function HelpDialog({ opened, onClose }: Props) {
  const { t } = useTranslation('shell');
  const [on, setOn] = useKeysOn();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('help.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className={styles.groups}>
        {(Object.keys(groups) as (keyof typeof groups)[]).map((group) => (
          <section key={group}>
            <h3>{t(`help.${group}`)}</h3>
            <dl className={styles.keys}>
              {groups[group].map(([keys, what]) => (
                <div key={keys}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{t(`help.keys.${what}`)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className={styles.switch}>
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => setOn(event.currentTarget.checked)}
        />
        <span>
          {t('help.switch')}
          <small>{t('help.switchHint')}</small>
        </span>
      </label>
    </Modal>
  );
}
