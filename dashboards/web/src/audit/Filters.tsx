import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { textOf } from '../ui/use-submit.ts';
import styles from './Audit.module.css';
import { actions } from './known-actions.ts';
import { auditSearch } from './search.ts';
import { useActionWord } from './use-action-word.ts';

/** Which rows: by whom, what, to what, when. They stand in the address, so a view can be handed on. */
export function Filters() {
  const { t } = useTranslation('audit');
  const say = useActionWord();
  const id = useId();
  const navigate = useNavigate({ from: '/audit' });
  const search = useSearch({ from: '/audit' });
  const { actor, action, object, from, to } = search;
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const names = ['actor', 'action', 'object', 'from', 'to'];
    const wanted = Object.fromEntries(names.map((name) => [name, textOf(fields, name)]));
    void navigate({ search: (old) => ({ ...old, ...blank, ...auditSearch(wanted) }) });
  };
  const set = [actor, action, object, from, to].some((one) => one !== undefined);
  return (
    // The fields begin anew when a filter is set elsewhere on the page.
    <form key={JSON.stringify(search)} className={styles.filters} onSubmit={apply}>
      <Field name="actor" label={t('actor')} defaultValue={actor} placeholder="person:…" />
      <div className={form.line}>
        <label htmlFor={id}>{t('what')}</label>
        <select id={id} name="action" className={form.field} defaultValue={action ?? ''}>
          <option value="">{t('anything')}</option>
          {[...new Set([...actions, ...(action === undefined ? [] : [action])])].map((one) => (
            <option key={one} value={one}>
              {say(one)}
            </option>
          ))}
        </select>
      </div>
      <Field name="object" label={t('object')} defaultValue={object} placeholder="ticket:42" />
      <Field
        name="from"
        label={t('from')}
        defaultValue={from}
        placeholder="2026-11-28"
        pattern="\d{4}-\d{2}-\d{2}"
        title={t('dayForm')}
        inputMode="numeric"
      />
      <Field
        name="to"
        label={t('to')}
        defaultValue={to}
        placeholder="2026-11-28"
        pattern="\d{4}-\d{2}-\d{2}"
        title={t('dayForm')}
        inputMode="numeric"
      />
      <div className={styles.go}>
        <Button type="submit">{t('apply')}</Button>
        {set && (
          <Button
            look="quiet"
            onClick={() => void navigate({ search: (old) => ({ ...old, ...blank }) })}
          >
            {t('clear')}
          </Button>
        )}
      </div>
    </form>
  );
}

const blank = {
  actor: undefined,
  action: undefined,
  object: undefined,
  from: undefined,
  to: undefined,
};
