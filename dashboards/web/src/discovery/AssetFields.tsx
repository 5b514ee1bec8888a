import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { standardQuery } from '../api/queries.ts';
import { pick } from '../format/language.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useAssets } from '../live/use-live.ts';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import type { Said } from './wish.ts';

interface Props {
  readonly as: 'new' | 'onto';
  readonly before: Said;
  /** Otherwise somebody has to say which value is what. */
  readonly recognised: boolean;
}

/** What the asset is that takes the values of a device. */
export function AssetFields({ as, before, recognised }: Props) {
  return (
    <>
      {as === 'onto' ? <Onto /> : <NewAsset before={before} />}
      {!recognised && <Values />}
    </>
  );
}

function Values() {
  const { t } = useTranslation('discovery');
  const id = useId();
  return (
    <div className={form.line}>
      <label htmlFor={id}>{t('fields')}</label>
      <textarea id={id} name="fields" className={form.field} rows={4} required />
      <p className={form.hint}>{t('fieldsHint')}</p>
    </div>
  );
}

function NewAsset({ before }: Pick<Props, 'before'>) {
  const { t } = useTranslation('discovery');
  const language = useLanguage();
  const standard = useQuery(standardQuery);
  const touchpoints = standard.data?.touchpoints ?? [];
  return (
    <>
      <Field name="name" label={t('name')} defaultValue={before.name} required maxLength={200} />
      <Field
        name="id"
        label={t('id')}
        hint={t('idHint')}
        defaultValue={before.id}
        required
        pattern="[a-z0-9][a-z0-9_\-]{0,62}"
        spellCheck={false}
      />
      {/* A contact does not say whether it hangs on a gate or a fire door. */}
      <Field
        name="kind"
        label={t('kind')}
        hint={t('kindHint')}
        defaultValue={before.kind}
        required
        spellCheck={false}
      />
      <Choice
        key={touchpoints.length}
        name="touchpoint"
        label={t('touchpoint')}
        value={before.touchpoint}
        options={
          // What is suggested can be taken before the names of the others are there.
          touchpoints.length === 0 && before.touchpoint !== ''
            ? [{ id: before.touchpoint, label: before.touchpoint }]
            : touchpoints.map(({ id, name }) => ({ id, label: `${id} ${pick(name, language)}` }))
        }
      />
      <Field name="place" label={t('place')} defaultValue={before.place} required maxLength={200} />
    </>
  );
}

function Onto() {
  const { t } = useTranslation('discovery');
  const language = useLanguage();
  const options = useAssets().map(({ asset, name }) => ({
    id: asset,
    label: `${pick(name, language)} (${asset})`,
  }));
  return <Choice name="onto" label={t('onto')} hint={t('ontoHint')} value="" options={options} />;
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
}

function Choice({ name, label, hint, value, options }: ChoiceProps) {
  const id = useId();
  return (
    <div className={form.line}>
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} className={form.field} defaultValue={value} required>
        <option value="" disabled>
          –
        </option>
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
      {hint !== undefined && <p className={form.hint}>{hint}</p>}
    </div>
  );
}
