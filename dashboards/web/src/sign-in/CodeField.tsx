import { useTranslation } from 'react-i18next';
import { Field } from '../ui/Field.tsx';

interface Props {
  /** From the link, when there was one; it is then not asked for, and not shown. */
  readonly code: string | null;
  readonly hint: string;
}

/** The one-time code of a link, typed by whoever has only the code. */
export function CodeField({ code, hint }: Props) {
  const { t } = useTranslation('sign-in');
  if (code !== null) return <input type="hidden" name="code" value={code} />;
  return (
    <Field
      name="code"
      label={t('linkCode')}
      hint={hint}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      required
      maxLength={200}
    />
  );
}
